package dev.vivace.kernel.x86;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.Isa;
import java.util.Locale;

/// Which levels of emitted code this machine can run.
public final class X86Levels {
    private X86Levels() {}

    /// The kernels of exactly this level.
    ///
    /// @throws UnsupportedException if this machine lacks it; says what is missing
    public static X86Kernels of(Isa isa) {
        return new X86Kernels(target(isa));
    }

    /// What kernels of this level may use.
    ///
    /// @throws UnsupportedException if this machine lacks the level; says what is missing
    public static Target target(Isa isa) {
        if (!System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).equals("amd64")) {
            throw new UnsupportedException("this is no x86-64 machine");
        }
        Cpu cpu = Cpu.ofThisMachine();
        boolean has = switch (isa) {
            case SCALAR, VECTOR -> throw new IllegalArgumentException(isa + " is not emitted");
            case AVX2 -> cpu.avx2();
            case AVX512 -> cpu.avx512();
            case VNNI -> cpu.vnni();
            case AMX -> cpu.amx() && cpu.vnni();
        };
        if (!has) {
            throw new UnsupportedException(cpu.name() + " has no " + isa);
        }
        return switch (isa) {
            case SCALAR, VECTOR -> throw new IllegalArgumentException(isa + " is not emitted");
            case AVX2 -> new Target(isa, 256, cpu.avxVnni(), false, false);
            case AVX512 -> new Target(isa, 512, false, false, false);
            case VNNI -> new Target(isa, 512, true, cpu.bf16(), false);
            case AMX -> new Target(isa, 512, true, cpu.bf16(), true);
        };
    }
}
