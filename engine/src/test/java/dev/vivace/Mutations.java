package dev.vivace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/// Damages the bytes of GGUF files in every way we know.
public final class Mutations {
    /// Numbers that a file may claim and no reader should believe.
    private static final long[] LIES = {
        0,
        1,
        2,
        31,
        255,
        65535,
        1L << 24,
        (1L << 31) - 1,
        1L << 31,
        (1L << 32) - 1,
        1L << 32,
        1L << 40,
        1L << 61,
        1L << 62,
        Long.MAX_VALUE - 31,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -32,
        -1
    };

    private Mutations() {}

    /// One of the numbers that no reader should believe.
    static long lie(Random random) {
        return LIES[random.nextInt(LIES.length)];
    }

    /// A copy of `seed` with one to three kinds of damage, mostly in its first `headBytes` bytes.
    public static byte[] damage(byte[] seed, int headBytes, Random random) {
        byte[] mutant = seed.clone();
        int rounds = 1 + random.nextInt(3);
        for (int i = 0; i < rounds && mutant.length > 16; i++) {
            // Most of a file is weights; what can break lies in the first part.
            int bound = Math.min(mutant.length, random.nextInt(4) == 0 ? mutant.length : headBytes) - 8;
            int at = random.nextInt(Math.max(1, bound));
            ByteBuffer little = ByteBuffer.wrap(mutant).order(ByteOrder.LITTLE_ENDIAN);
            switch (random.nextInt(7)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt(256);
                case 2 -> mutant = Arrays.copyOf(mutant, at);
                case 3 -> little.putLong(at, lie(random));
                case 4 -> little.putInt(at, (int) lie(random));
                case 5 -> mutant = insert(mutant, at, random);
                default -> lieAboutACount(little, random);
            }
        }
        return mutant;
    }

    /// The two counts of the header and the length of the first key.
    private static void lieAboutACount(ByteBuffer file, Random random) {
        file.putLong(Math.min(8 + 8 * random.nextInt(3), file.capacity() - 8), lie(random));
    }

    private static byte[] insert(byte[] file, int at, Random random) {
        int length = 1 + random.nextInt(64);
        byte[] longer = new byte[file.length + length];
        System.arraycopy(file, 0, longer, 0, at);
        System.arraycopy(file, 0, longer, at, Math.min(length, file.length));
        System.arraycopy(file, at, longer, at + length, file.length - at);
        return longer;
    }
}
