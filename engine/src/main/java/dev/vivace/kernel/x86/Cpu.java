package dev.vivace.kernel.x86;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/// What the processor can do and the operating system allows, asked with CPUID and XGETBV (Intel's manual,
/// volume 2, CPUID; volume 1, chapter 13; for caches also AMD's, volume 3, appendix E).
///
/// @param name the processor's name for itself
/// @param model which product it is
/// @param caches how large its caches are
/// @param avx2 256-bit vectors: AVX2, FMA, F16C, BMI2
/// @param avxVnni int8 dot products on 256-bit vectors (AVX-VNNI)
/// @param avx512 512-bit vectors: F, BW, DQ, VL
/// @param vnni int8 dot products on 512-bit vectors
/// @param bf16 bf16 dot products on 512-bit vectors
/// @param amx tiles with int8 and bf16 products; asking for permission comes later
public record Cpu(
        String name,
        Model model,
        Caches caches,
        boolean avx2,
        boolean avxVnni,
        boolean avx512,
        boolean vnni,
        boolean bf16,
        boolean amx) {
    private static final int AVX_STATE = 0x6;
    private static final int AVX512_STATE = 0xE6;
    private static final int TILE_STATE = 0x60000;

    /// A product: what was measured on one holds on another with equal numbers.
    ///
    /// @param vendor `GenuineIntel`, `AuthenticAMD`, ...
    /// @param family of processors
    /// @param number of the model in its family
    /// @param stepping its revision
    public record Model(String vendor, int family, int number, int stepping) {
        /// All in one word, fit for a file's name.
        public String id() {
            return vendor.replaceAll("[^A-Za-z0-9]", "") + "-" + family + "-" + number + "-" + stepping;
        }
    }

    /// Bytes of the caches that hold data; 0 where the processor does not say.
    ///
    /// @param first of one core
    /// @param second of one core
    /// @param third shared
    public record Caches(long first, long second, long third) {}

    /// This machine's.
    ///
    /// @throws dev.vivace.UnsupportedException if the system forbids executable memory
    static Cpu ofThisMachine() {
        try (Arena arena = Arena.ofConfined()) {
            Cpuid cpuid = new Cpuid(arena);
            int[] zero = cpuid.ask(0, 0);
            int last = zero[0];
            int[] one = cpuid.ask(1, 0);
            long states = bit(one[2], 27) ? cpuid.states() : 0;
            int[] seven = last >= 7 ? cpuid.ask(7, 0) : new int[4];
            int[] sevenOne = last >= 7 && seven[0] >= 1 ? cpuid.ask(7, 1) : new int[4];
            boolean fma = bit(one[2], 12) && bit(one[2], 28) && bit(one[2], 29);
            boolean avx2 = (states & AVX_STATE) == AVX_STATE && fma && bits(seven[1], 5, 8);
            boolean avx512 = avx2 && (states & AVX512_STATE) == AVX512_STATE && bits(seven[1], 16, 17, 30, 31);
            boolean amx = avx512 && (states & TILE_STATE) == TILE_STATE && bits(seven[3], 22, 24, 25);
            return new Cpu(
                    name(cpuid),
                    model(zero, one[0]),
                    caches(cpuid, last),
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

    private static boolean bits(int word, int... all) {
        boolean set = true;
        for (int bit : all) {
            set &= bit(word, bit);
        }
        return set;
    }

    private static Model model(int[] zero, int signature) {
        byte[] vendor = new byte[12];
        int[] words = {zero[1], zero[3], zero[2]};
        for (int i = 0; i < 12; i++) {
            vendor[i] = (byte) (words[i / 4] >> 8 * (i % 4));
        }
        int family = signature >> 8 & 15;
        int number = signature >> 4 & 15;
        if (family == 6 || family == 15) {
            number |= signature >> 12 & 0xF0;
        }
        if (family == 15) {
            family += signature >> 20 & 0xFF;
        }
        return new Model(new String(vendor, StandardCharsets.ISO_8859_1), family, number, signature & 15);
    }

    private static Caches caches(Cpuid cpuid, int last) {
        int extended = cpuid.ask(0x80000000, 0)[0];
        boolean amd = extended - 0x8000001D >= 0 && bit(cpuid.ask(0x80000001, 0)[2], 22);
        if (!amd && last < 4) {
            return new Caches(0, 0, 0);
        }
        long[] bytes = new long[4];
        for (int i = 0; i < 8; i++) {
            int[] cache = cpuid.ask(amd ? 0x8000001D : 4, i);
            int kind = cache[0] & 31;
            int level = cache[0] >> 5 & 7;
            if (kind == 0) {
                break;
            }
            if (kind != 2 && level < bytes.length) {
                long ways = (cache[1] >>> 22) + 1L;
                long partitions = (cache[1] >>> 12 & 0x3FF) + 1L;
                bytes[level] = ways * partitions * ((cache[1] & 0xFFF) + 1L) * ((cache[2] & 0xFFFFFFFFL) + 1);
            }
        }
        return new Caches(bytes[1], bytes[2], bytes[3]);
    }

    private static String name(Cpuid cpuid) {
        if (cpuid.ask(0x80000000, 0)[0] - 0x80000004 < 0) {
            return "unknown x86-64";
        }
        byte[] text = new byte[48];
        for (int leaf = 0; leaf < 3; leaf++) {
            int[] words = cpuid.ask(0x80000002 + leaf, 0);
            for (int i = 0; i < 16; i++) {
                text[16 * leaf + i] = (byte) (words[i / 4] >> 8 * (i % 4));
            }
        }
        return new String(text, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
    }
}
