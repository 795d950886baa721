package dev.vivace.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.vivace.TestData;
import dev.vivace.VivaceException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Damages sound files in every way we know; each ends in a [VivaceException] or in success, soon and without large
/// allocations.
class GgufMutationTest {
    private static final long SEED = 20250303;
    private static final int QUICK = 600;
    private static final int FULL = 10_000;
    private static final long LONGEST_NANOS = 5_000_000_000L;

    /// Far above what a sound file of these sizes takes, far below what a believed lie would.
    private static final long MOST_ALLOCATED_BYTES = 64L << 20;

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

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void damagedFilesNeverCrashHangOrFillMemory(@TempDir Path folder) throws IOException {
        List<byte[]> seeds = List.of(
                resource("python.gguf"),
                resource("/dev/vivace/model/llama-tied.gguf"),
                resource("/dev/vivace/model/gemma3-linear.gguf"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int count = TestData.full() ? FULL : QUICK;
        int accepted = 0;
        for (int i = 0; i < count; i++) {
            Random random = new Random(SEED + i);
            byte[] seed = seeds.get(i % seeds.size());
            byte[] mutant = mutate(seed, random);
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            boolean sound = i % 10 == 0 ? opens(folder, mutant) : GgufExercise.accepts(MemorySegment.ofArray(mutant));
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds of mutant %d", i)
                    .isLessThan(LONGEST_NANOS);
            assertThat(threads.getCurrentThreadAllocatedBytes() - allocated)
                    .as("bytes allocated by mutant %d of %d bytes", i, mutant.length)
                    .isLessThan(MOST_ALLOCATED_BYTES);
            accepted += sound ? 1 : 0;
        }
        // Flipped weights make sound files, broken headers do not: both must occur, or the mutations miss their aim.
        assertThat(accepted).isBetween(count / 20, count * 19 / 20);
    }

    private static boolean opens(Path folder, byte[] mutant) throws IOException {
        Path path = Files.write(folder.resolve("mutant.gguf"), mutant);
        try (Gguf file = Gguf.open(path)) {
            GgufExercise.readAll(file);
            return true;
        } catch (VivaceException refused) {
            return false;
        }
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] mutant = seed.clone();
        int rounds = 1 + random.nextInt(3);
        for (int i = 0; i < rounds && mutant.length > 16; i++) {
            // Most of a file is weights; what can break lies in the first part.
            int bound = Math.min(mutant.length, random.nextInt(4) == 0 ? mutant.length : 2048) - 8;
            int at = random.nextInt(Math.max(1, bound));
            ByteBuffer little = ByteBuffer.wrap(mutant).order(ByteOrder.LITTLE_ENDIAN);
            switch (random.nextInt(7)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt(256);
                case 2 -> mutant = Arrays.copyOf(mutant, at);
                case 3 -> little.putLong(at, LIES[random.nextInt(LIES.length)]);
                case 4 -> little.putInt(at, (int) LIES[random.nextInt(LIES.length)]);
                case 5 -> mutant = insert(mutant, at, random);
                default -> lieAboutACount(little, random);
            }
        }
        return mutant;
    }

    /// The two counts of the header and the length of the first key.
    private static void lieAboutACount(ByteBuffer file, Random random) {
        file.putLong(Math.min(8 + 8 * random.nextInt(3), file.capacity() - 8), LIES[random.nextInt(LIES.length)]);
    }

    private static byte[] insert(byte[] file, int at, Random random) {
        int length = 1 + random.nextInt(64);
        byte[] longer = new byte[file.length + length];
        System.arraycopy(file, 0, longer, 0, at);
        System.arraycopy(file, 0, longer, at, Math.min(length, file.length));
        System.arraycopy(file, at, longer, at + length, file.length - at);
        return longer;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GgufMutationTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
