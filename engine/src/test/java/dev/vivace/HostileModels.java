package dev.vivace;

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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A program that makes hostile model files, one after another, and exercises each. Its Java machine has little heap,
/// all
/// of it resident from the start, so that what is kept outside of it shows.
///
/// Arguments: a folder, the first mutant, how many. It prints one line: how many got how far, and by how many bytes
/// this
/// process has grown since it was warm. Exit status 1: a mutant was not dealt with as it should; it stays in the
/// folder.
final class HostileModels {
    private static final long SEED = 20260315;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int WARM = 100;

    private record Seed(byte[] bytes, int headBytes) {
        static Seed of(byte[] bytes) {
            try (Gguf file = Gguf.read("seed", MemorySegment.ofArray(bytes))) {
                return new Seed(bytes, (int) file.dataStart());
            }
        }
    }

    private final List<Seed> seeds = List.of(
            Seed.of(SmallModels.llama()),
            Seed.of(SmallModels.gemma()),
            Seed.of(resource("stories260k.gguf")),
            Seed.of(resource("model/llama-yarn-knobs.gguf")),
            Seed.of(resource("model/gemma3.gguf")));
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final Path file;

    private HostileModels(Path folder) {
        this.file = folder.resolve("mutant.gguf");
    }

    public static void main(String[] arguments) throws Exception {
        int first = Integer.parseInt(arguments[1]);
        new HostileModels(Path.of(arguments[0])).run(first, first + Integer.parseInt(arguments[2]));
    }

    private void run(int first, int end) throws Exception {
        for (Seed seed : seeds) {
            Files.write(file, seed.bytes());
            require(exercise(first) == ModelExercise.Outcome.ANSWERED, first, "a sound file gives no answer");
        }
        Map<ModelExercise.Outcome, Integer> outcomes = new EnumMap<>(ModelExercise.Outcome.class);
        long warmBytes = 0;
        for (int mutant = first; mutant < end; mutant++) {
            if (mutant == first + WARM) {
                warmBytes = anonymousBytes();
            }
            Files.write(file, bytes(mutant));
            outcomes.merge(exercise(mutant), 1, Integer::sum);
            require(mappings().isEmpty(), mutant, "the file is still mapped");
            Files.delete(file);
        }
        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(left -> left.getName().startsWith("vivace"))
                .count();
        require(threads == 0, end, threads + " threads are left");
        for (ModelExercise.Outcome outcome : ModelExercise.Outcome.values()) {
            System.out.print(outcome + "=" + outcomes.getOrDefault(outcome, 0) + " ");
        }
        System.out.println("grown=" + (anonymousBytes() - warmBytes));
    }

    private byte[] bytes(int mutant) {
        Random random = new Random(SEED + mutant);
        Seed seed = seeds.get(random.nextInt(seeds.size()));
        return random.nextInt(3) == 0
                ? Mutations.damage(seed.bytes(), seed.headBytes(), random)
                : HostileEdits.lie(seed.bytes(), random);
    }

    private ModelExercise.Outcome exercise(int mutant) throws InterruptedException {
        Future<ModelExercise.Outcome> outcome = thread.submit(() -> ModelExercise.load(file));
        long start = System.nanoTime();
        try {
            ModelExercise.Outcome reached = outcome.get(10, TimeUnit.SECONDS);
            require(System.nanoTime() - start < LONGEST_NANOS, mutant, "it took more than 5 seconds");
            return reached;
        } catch (TimeoutException e) {
            Thread.getAllStackTraces().forEach((stuck, frames) -> System.err.println(stuck + " " + List.of(frames)));
            throw failure(mutant, "it hangs", e);
        } catch (ExecutionException e) {
            throw failure(mutant, "it ends in something else than one sentence", e.getCause());
        }
    }

    private static void require(boolean holds, int mutant, String otherwise) {
        if (!holds) {
            throw new AssertionError("mutant " + mutant + ": " + otherwise);
        }
    }

    private static AssertionError failure(int mutant, String what, @Nullable Throwable cause) {
        return new AssertionError("mutant " + mutant + ": " + what, cause);
    }

    private List<String> mappings() throws IOException {
        return lines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.endsWith("mutant.gguf"))
                .toList();
    }

    /// Resident bytes that no file stands behind; 0 where the system does not tell.
    private static long anonymousBytes() throws IOException {
        return lines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    }

    private static byte[] resource(String name) {
        try (InputStream in = Model.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
