package dev.vivace.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.vivace.Mutations;
import dev.vivace.TestData;
import dev.vivace.VivaceException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /// Metadata and tensor table of the seeds end somewhere beyond.
    private static final int HEAD_BYTES = 2048;

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
            byte[] mutant = Mutations.damage(seed, HEAD_BYTES, random);
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

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GgufMutationTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
