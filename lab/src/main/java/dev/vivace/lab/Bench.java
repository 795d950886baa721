package dev.vivace.lab;

import dev.vivace.Model;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Times the tests of a plan one after another, as llama-bench does.
public final class Bench {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final BenchPlan plan;
    private final BenchHost host;
    private final String file;
    private final IntFunction<Model> load;

    /// @param plan what to time
    /// @param host where this runs
    /// @param file how the user knows the model
    /// @param load loads the model with so many threads, 0 to choose; the bench closes it
    public Bench(BenchPlan plan, BenchHost host, String file, IntFunction<Model> load) {
        this.plan = plan;
        this.host = host;
        this.file = file;
        this.load = load;
    }

    /// Hears of what happens, on the thread that runs the bench.
    public interface Listener {
        /// A run of a test begins.
        ///
        /// @param test the test
        /// @param number which of the plan's tests it is, from 1
        /// @param of how many tests the plan has
        /// @param run which timed run, from 1; 0 for those that are not timed
        void running(BenchCase test, int number, int of, int run);

        /// A test is done.
        void finished(BenchResult result);
    }

    /// Runs all tests.
    ///
    /// @throws dev.vivace.OptionException before the first run, if a test does not fit into the model's context
    public void run(Listener listener) {
        List<BenchCase> cases = plan.cases();
        @Nullable Model model = null;
        long loadNanos = 0;
        try {
            for (int i = 0; i < cases.size(); i++) {
                BenchCase test = cases.get(i);
                if (model == null || cases.get(i - 1).threads() != test.threads()) {
                    if (model != null) {
                        model.close();
                    }
                    long start = System.nanoTime();
                    model = load.apply(test.threads());
                    loadNanos = System.nanoTime() - start;
                    int context = model.context();
                    cases.forEach(each -> each.requireFits(context));
                }
                int number = i + 1;
                listener.finished(
                        time(model, loadNanos, test, run -> listener.running(test, number, cases.size(), run)));
            }
        } finally {
            if (model != null) {
                model.close();
            }
        }
    }

    private BenchResult time(Model model, long loadNanos, BenchCase test, IntConsumer running) {
        try (BenchTrial trial = new SessionTrial(model, test)) {
            return time(trial, BenchSubject.of(file, model), loadNanos, test, running);
        }
    }

    BenchResult time(BenchTrial trial, BenchSubject subject, long loadNanos, BenchCase test, IntConsumer running) {
        long warmNanos = 0;
        for (int i = 0; i == 0 || warmNanos < plan.warmupMillis() * NANOS_PER_MILLI; i++) {
            running.accept(0);
            warmNanos += Math.max(1, trial.run(plan.repetitions() + i));
        }
        Instant start = Instant.now();
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < plan.repetitions(); i++) {
            running.accept(i + 1);
            nanos.add(trial.run(i));
        }
        return new BenchResult(host, subject, test, start, nanos, BenchCost.now(loadNanos));
    }
}
