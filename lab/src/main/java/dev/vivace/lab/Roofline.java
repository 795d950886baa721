package dev.vivace.lab;

import dev.vivace.Model;
import dev.vivace.OptionException;
import dev.vivace.kernel.Arithmetic;
import dev.vivace.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a model's time goes on this machine, operation by operation, beside what the machine gives at most
/// (Williams, Waterman and Patterson 2009): no operation can be faster than reading its bytes once, nor than its
/// multiplications and additions at the peak of the unit that does them.
///
/// Each test of a plan is a phase: prompts that are stored, tokens that are generated. The recording itself takes some
/// 50 nanoseconds
/// an operation.
///
/// @param subject the model, and how it ran
/// @param limits the machine
/// @param phases the tests
public record Roofline(BenchSubject subject, MachineLimits limits, List<RooflinePhase> phases) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// Copies the list.
    public Roofline {
        phases = List.copyOf(phases);
    }

    /// Measures a model with the tests of `plan`: each runs untimed, then `plan.repetitions()` times, all of which
    /// count.
    ///
    /// @param model the model; records its steps meanwhile
    /// @param file how the user knows it
    /// @param limits what the machine gives with the model's threads
    /// @param plan the tests; its threads do not count
    /// @param listener hears of the runs
    /// @throws OptionException if a test does not fit into the model's context, or has several sequences
    public static Roofline measure(
            Model model, String file, MachineLimits limits, BenchPlan plan, Bench.Listener listener) {
        List<BenchCase> cases = plan.cases();
        cases.forEach(each -> each.requireFits(model.context()));
        if (cases.stream().anyMatch(each -> each.sequences() > 1)) {
            throw new OptionException("a roofline of several sequences (-b), expected one");
        }
        List<RooflinePhase> phases = new ArrayList<>();
        RooflineRecorder recorder = new RooflineRecorder();
        model.profile(Optional.of(recorder));
        try {
            for (int i = 0; i < cases.size(); i++) {
                phases.add(phase(model, limits, plan, i, recorder, listener));
            }
        } finally {
            model.profile(Optional.empty());
        }
        return new Roofline(BenchSubject.of(file, model), limits, phases);
    }

    private static RooflinePhase phase(
            Model model,
            MachineLimits limits,
            BenchPlan plan,
            int number,
            RooflineRecorder recorder,
            Bench.Listener listener) {
        BenchCase test = plan.cases().get(number);
        try (BenchTrial trial = new SessionTrial(model, test)) {
            long start = System.nanoTime();
            int run = 0;
            do {
                listener.running(test, number + 1, plan.cases().size(), 0);
                long ignored = trial.run(run++);
            } while (System.nanoTime() - start < plan.warmupMillis() * NANOS_PER_MILLI);
            long nanos = 0;
            recorder.clear();
            for (int i = 0; i < plan.repetitions(); i++) {
                listener.running(test, number + 1, plan.cases().size(), i + 1);
                // The row that generating starts from has a step of its own, which is not timed.
                recorder.skip(test.generate() > 0 ? 1 : 0);
                nanos += trial.run(run++);
            }
            return RooflinePhase.of(
                    test.label(),
                    test.tokens() * plan.repetitions(),
                    nanos,
                    recorder.sums(),
                    limits,
                    units(model.checkpoint().dominantType()));
        }
    }

    /// The units that multiplying by weights of a type can use.
    private static List<Arithmetic> units(DType type) {
        return switch (type) {
            case F32 -> List.of(Arithmetic.F32);
            case F16, BF16 -> List.of(Arithmetic.F32, Arithmetic.BF16, Arithmetic.BF16_TILES);
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> List.of(Arithmetic.values());
        };
    }
}
