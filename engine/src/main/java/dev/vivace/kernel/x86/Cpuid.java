package dev.vivace.kernel.x86;

import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The instructions CPUID and XGETBV, to be called. Closed with the arena it was made in.
final class Cpuid {
    private final MemorySegment code;
    private final MemorySegment out;

    /// @throws dev.vivace.UnsupportedException if the system forbids executable memory
    Cpuid(Arena arena) {
        this.code = CodeMemory.load(emit(), arena);
        this.out = arena.allocate(24, 8);
    }

    /// EAX, EBX, ECX, EDX.
    int[] ask(int leaf, int subleaf) {
        Native.call(code, out.address(), leaf & 0xFFFFFFFFL, subleaf, 0, 0, 0);
        return out.asSlice(0, 16).toArray(ValueLayout.JAVA_INT);
    }

    /// What the operating system saves between threads: XCR0. Only where CPUID says that it can be asked.
    long states() {
        Native.call(code, out.address(), 0, 0, 1, 0, 0);
        return out.get(ValueLayout.JAVA_LONG, 16);
    }

    /// `(where, leaf, subleaf, whether to ask XGETBV too)`.
    private static Code emit() {
        Assembler a = new Assembler("cpuid");
        a.push(Gpr.RBX);
        a.mov(Gpr.R8, Gpr.RCX);
        a.mov(Gpr.RAX, Gpr.RSI);
        a.mov(Gpr.RCX, Gpr.RDX);
        a.cpuid();
        a.mov32(Mem.at(Gpr.RDI), Gpr.RAX);
        a.mov32(Mem.at(Gpr.RDI, 4), Gpr.RBX);
        a.mov32(Mem.at(Gpr.RDI, 8), Gpr.RCX);
        a.mov32(Mem.at(Gpr.RDI, 12), Gpr.RDX);
        Label end = a.label();
        a.test(Gpr.R8, Gpr.R8);
        a.jump(Condition.E, end);
        a.xor(Gpr.RCX, Gpr.RCX);
        a.xgetbv();
        a.mov32(Mem.at(Gpr.RDI, 16), Gpr.RAX);
        a.mov32(Mem.at(Gpr.RDI, 20), Gpr.RDX);
        a.bind(end);
        a.pop(Gpr.RBX);
        a.ret();
        return a.finish();
    }
}
