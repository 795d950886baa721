package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.format.gguf.Gguf;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Damaged and lying model files, from the file to the answer: each is refused in one sentence or runs, soon, in little
/// memory, and leaves nothing behind.
class HostileModelTest {
    private static final long SEED = 20260315;
    private static final int QUICK = 300;
    private static final int FULL = 10_000;
    private static final long LONGEST_SECONDS = 5;

    /// What leaked buffers of many mutants would pass, and the noise of a Java machine does not.
    private static final long MOST_GROWTH_BYTES = 256L << 20;

    private record Seed(byte[] bytes, int headBytes) {
        static Seed of(byte[] bytes) {
            try (Gguf file = Gguf.read("seed", MemorySegment.ofArray(bytes))) {
                return new Seed(bytes, (int) file.dataStart());
            }
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void hostileFilesAreRefusedInASentenceOrRun(@TempDir Path folder) throws Exception {
        List<Seed> seeds = List.of(
                Seed.of(SmallModels.llama()),
                Seed.of(SmallModels.gemma()),
                Seed.of(resource("stories260k.gguf")),
                Seed.of(resource("model/llama-yarn-knobs.gguf")),
                Seed.of(resource("model/gemma3.gguf")));
        Path file = folder.resolve("mutant.gguf");
        for (Seed seed : seeds) {
            Files.write(file, seed.bytes());
            assertThat(ModelExercise.load(file)).isEqualTo(ModelExercise.Outcome.ANSWERED);
        }
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        long residentBefore = ResidentMemory.anonymousBytes();
        Map<ModelExercise.Outcome, Integer> outcomes = new EnumMap<>(ModelExercise.Outcome.class);
        int count = TestData.full() ? FULL : QUICK;
        ExecutorService thread =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        try {
            for (int i = 0; i < count; i++) {
                Random random = new Random(SEED + i);
                Seed seed = seeds.get(random.nextInt(seeds.size()));
                byte[] mutant = random.nextInt(3) == 0
                        ? Mutations.damage(seed.bytes(), seed.headBytes(), random)
                        : HostileEdits.lie(seed.bytes(), random);
                Files.write(file, mutant);
                outcomes.merge(run(thread, file, i), 1, Integer::sum);
                Files.delete(file);
                assertThat(mappings(file)).as("mappings left by mutant %d", i).isEmpty();
            }
        } finally {
            thread.shutdownNow();
        }
        assertThat(threadsBeside(before)).as("threads left").isEmpty();
        System.gc();
        assertThat(ResidentMemory.anonymousBytes() - residentBefore)
                .as("memory kept")
                .isLessThan(MOST_GROWTH_BYTES);
        // All three must occur, or the mutations miss their aim.
        assertThat(outcomes)
                .hasSize(3)
                .allSatisfy((outcome, times) ->
                        assertThat(times).as("%s of %s", outcome, outcomes).isGreaterThan(count / 100));
    }

    private static ModelExercise.Outcome run(ExecutorService thread, Path file, int mutant) throws Exception {
        Future<ModelExercise.Outcome> outcome = thread.submit(() -> ModelExercise.load(file));
        long start = System.nanoTime();
        try {
            ModelExercise.Outcome reached = outcome.get(10 * LONGEST_SECONDS, TimeUnit.SECONDS);
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds of mutant %d", mutant)
                    .isLessThan(TimeUnit.SECONDS.toNanos(LONGEST_SECONDS));
            return reached;
        } catch (TimeoutException e) {
            throw new AssertionError("mutant " + mutant + " hangs, see " + keep(file, mutant), e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError("mutant " + mutant + ", see " + keep(file, mutant), e.getCause());
        }
    }

    private static Path keep(Path file, int mutant) throws IOException {
        Path target = Path.of(System.getProperty("vivace.target", "target"), "mutant-" + mutant + ".gguf");
        return Files.copy(file, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<String> mappings(Path file) throws IOException {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.exists(maps)) {
            return List.of();
        }
        return Files.readAllLines(maps).stream()
                .filter(line -> line.contains(String.valueOf(file.getFileName())))
                .toList();
    }

    private static List<String> threadsBeside(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.getName().startsWith("vivace"))
                .map(Thread::getName)
                .collect(Collectors.toList());
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Model.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
