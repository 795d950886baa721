package dev.vivace.lab;

import dev.vivace.OptionException;
import java.util.ArrayList;
import java.util.List;

/// What a bench times: each prompt length and each generated length is a test, in every combination with the other
/// lists. A length of 0 is no test.
///
/// @param prompts prompt lengths, `-p`
/// @param generations generated lengths, `-n`
/// @param depths tokens stored before, `-d`
/// @param sequences sequences at once, `-b`
/// @param threads threads, `-t`; 0 to choose
/// @param repetitions timed runs of each test, `-r`, 1 to 10,000
/// @param warmupMillis each test runs untimed for at least this long, 0 to 600,000, and at least once: Java compiles
///     the code that runs often
public record BenchPlan(
        List<Integer> prompts,
        List<Integer> generations,
        List<Integer> depths,
        List<Integer> sequences,
        List<Integer> threads,
        int repetitions,
        int warmupMillis) {
    private static final int MOST_RUNS = 10_000;
    private static final int LONGEST_WARMUP = 600_000;

    /// A prompt of 512 tokens and 128 generated tokens, five times each, as llama-bench does it.
    public static final BenchPlan DEFAULT =
            new BenchPlan(List.of(512), List.of(128), List.of(0), List.of(1), List.of(0), 5, 1000);

    /// Checks each range and copies the lists.
    public BenchPlan {
        prompts = List.copyOf(prompts);
        generations = List.copyOf(generations);
        depths = List.copyOf(depths);
        sequences = List.copyOf(sequences);
        threads = List.copyOf(threads);
        prompts.forEach(value -> BenchCase.require("-p", value, 0));
        generations.forEach(value -> BenchCase.require("-n", value, 0));
        if (repetitions < 1 || repetitions > MOST_RUNS) {
            throw new OptionException("-r " + repetitions + ", expected 1 to " + MOST_RUNS);
        }
        if (warmupMillis < 0 || warmupMillis > LONGEST_WARMUP) {
            throw new OptionException("--warmup " + warmupMillis + ", expected 0 to " + LONGEST_WARMUP);
        }
        if (cases(prompts, generations, depths, sequences, threads).isEmpty()) {
            throw new OptionException(
                    "-p " + prompts + " and -n " + generations + " leave nothing to time, expected one above 0");
        }
    }

    /// The tests in the order in which they run: by threads first, since another number of threads loads the model
    /// again, then by sequences and depth; prompts before generations.
    public List<BenchCase> cases() {
        return cases(prompts, generations, depths, sequences, threads);
    }

    private static List<BenchCase> cases(
            List<Integer> prompts,
            List<Integer> generations,
            List<Integer> depths,
            List<Integer> sequences,
            List<Integer> threads) {
        List<BenchCase> cases = new ArrayList<>();
        for (int thread : threads) {
            for (int sequence : sequences) {
                for (int depth : depths) {
                    for (int prompt : prompts) {
                        if (prompt > 0) {
                            cases.add(new BenchCase(prompt, 0, depth, sequence, thread));
                        }
                    }
                    for (int generation : generations) {
                        if (generation > 0) {
                            cases.add(new BenchCase(0, generation, depth, sequence, thread));
                        }
                    }
                }
            }
        }
        return cases;
    }
}
