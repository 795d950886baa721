package dev.vivace.kernel.x86;

import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// What the processor can do and the operating system allows, asked with CPUID and XGETBV (Intel's manual,
/// volume 2, CPUID; volume 1, chapter 13).
///
/// @param name the processor's name for itself
/// @param avx2 256-bit vectors: AVX2, FMA, F16C, BMI2
/// @param avxVnni int8 dot products on 256-bit vectors (AVX-VNNI)
/// @param avx512 512-bit vectors: F, BW, DQ, VL
/// @param vnni int8 dot products on 512-bit vectors
/// @param bf16 bf16 dot products on 512-bit vectors
/// @param amx tiles with int8 and bf16 products; asking for permission comes later
public record Cpu(String name, boolean avx2, boolean avxVnni, boolean avx512, boolean vnni, boolean bf16, boolean amx) {
    private static final int AVX_STATE = 0x6;
    private static final int AVX512_STATE = 0xE6;
    private static final int TILE_STATE = 0x60000;

    /// This machine's.
    ///
    /// @throws dev.vivace.UnsupportedException if the system forbids executable memory
    static Cpu ofThisMachine() {
        try (Arena arena = Arena.ofConfined()) {
            Asker ask = new Asker(CodeMemory.load(asker(), arena), arena.allocate(32, 64));
            int last = ask.cpuid(0, 0)[0];
            int[] one = ask.cpuid(1, 0);
            boolean saves = bit(one[2], 27);
            long states = saves ? ask.states() : 0;
            int[] seven = last >= 7 ? ask.cpuid(7, 0) : new int[4];
            int[] sevenOne = last >= 7 && seven[0] >= 1 ? ask.cpuid(7, 1) : new int[4];
            boolean avx2 = (states & AVX_STATE) == AVX_STATE
                    && bit(one[2], 12)
                    && bit(one[2], 28)
                    && bit(one[2], 29)
                    && bit(seven[1], 5)
                    && bit(seven[1], 8);
            boolean avx512 = avx2
                    && (states & AVX512_STATE) == AVX512_STATE
                    && bit(seven[1], 16)
                    && bit(seven[1], 17)
                    && bit(seven[1], 30)
                    && bit(seven[1], 31);
            boolean amx = avx512
                    && (states & TILE_STATE) == TILE_STATE
                    && bit(seven[3], 22)
                    && bit(seven[3], 24)
                    && bit(seven[3], 25);
            return new Cpu(
                    name(ask),
                    avx2,
                    avx2 && bit(sevenOne[0], 4),
                    avx512,
                    avx512 && bit(seven[2], 11),
                    avx512 && bit(sevenOne[0], 5),
                    amx);
        }
    }

    private static boolean bit(int word, int bit) {
        return (word >>> bit & 1) != 0;
    }

    private static String name(Asker ask) {
        if (ask.cpuid(0x80000000, 0)[0] - 0x80000004 < 0) {
            return "unknown x86-64";
        }
        byte[] text = new byte[48];
        for (int leaf = 0; leaf < 3; leaf++) {
            int[] words = ask.cpuid(0x80000002 + leaf, 0);
            for (int i = 0; i < 16; i++) {
                text[16 * leaf + i] = (byte) (words[i / 4] >> 8 * (i % 4));
            }
        }
        return new String(text, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
    }

    /// `(where, leaf, subleaf)`: CPUID to the first four words of `where`; XGETBV of register 0 to the next two,
    /// if `d` is not 0.
    private static dev.vivace.kernel.x86.asm.Code asker() {
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
        var end = a.label();
        a.test(Gpr.R8, Gpr.R8);
        a.jump(dev.vivace.kernel.x86.asm.Condition.E, end);
        a.xor(Gpr.RCX, Gpr.RCX);
        a.xgetbv();
        a.mov32(Mem.at(Gpr.RDI, 16), Gpr.RAX);
        a.mov32(Mem.at(Gpr.RDI, 20), Gpr.RDX);
        a.bind(end);
        a.pop(Gpr.RBX);
        a.ret();
        return a.finish();
    }

    private record Asker(MemorySegment code, MemorySegment out) {
        /// EAX, EBX, ECX, EDX.
        int[] cpuid(int leaf, int subleaf) {
            Native.call(code, out.address(), leaf & 0xFFFFFFFFL, subleaf, 0, 0, 0);
            return out.asSlice(0, 16).toArray(ValueLayout.JAVA_INT);
        }

        long states() {
            Native.call(code, out.address(), 0, 0, 1, 0, 0);
            return out.get(ValueLayout.JAVA_LONG, 16);
        }
    }
}
