package dev.vivace.cli;

import dev.vivace.LoadOptions;
import dev.vivace.Model;
import dev.vivace.OptionException;
import dev.vivace.kernel.Workers;
import dev.vivace.lab.Bench;
import dev.vivace.lab.BenchCase;
import dev.vivace.lab.BenchFormat;
import dev.vivace.lab.BenchHost;
import dev.vivace.lab.BenchPlan;
import dev.vivace.lab.BenchResult;
import dev.vivace.lab.BenchWriter;
import dev.vivace.lab.LimitsWriter;
import dev.vivace.lab.MachineLimits;
import dev.vivace.lab.Roofline;
import dev.vivace.lab.RooflineWriter;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.Families;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `vivace bench`: how fast a model runs, in llama-bench's terms.
@Command(
        name = "bench",
        description = {
            "Times a model in the terms of llama-bench: storing a prompt (pp) and generating tokens (tg).",
            "Each of -p and -n is a test, in every combination with the other lists. Tokens are random, the sampling"
                    + " is greedy and its time counts."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final ModelOptions models = new ModelOptions();

    @Option(
            names = {"-p", "--n-prompt"},
            paramLabel = "N",
            split = ",",
            description = "tokens of a prompt to store, 0 for none (512)")
    private @Nullable List<Integer> prompts;

    @Option(
            names = {"-n", "--n-gen"},
            paramLabel = "N",
            split = ",",
            description = "tokens to generate, 0 for none (128)")
    private @Nullable List<Integer> generations;

    @Option(
            names = {"-d", "--n-depth"},
            paramLabel = "N",
            split = ",",
            description = "tokens stored before, not timed (0)")
    private @Nullable List<Integer> depths;

    @Option(
            names = {"-b", "--sequences"},
            paramLabel = "N",
            split = ",",
            description = "sequences that run together; their tokens are added up (1)")
    private @Nullable List<Integer> sequences;

    @Option(names = "-t", paramLabel = "N", split = ",", description = "threads to try; where not given, --threads")
    private @Nullable List<Integer> threads;

    @Option(
            names = {"-r", "--repetitions"},
            paramLabel = "N",
            description = "timed runs of each test (${DEFAULT-VALUE})")
    private int repetitions = BenchPlan.DEFAULT.repetitions();

    @Option(
            names = "--warmup",
            paramLabel = "MS",
            description = "run each test untimed for this long, at least once (${DEFAULT-VALUE})")
    private int warmupMillis = BenchPlan.DEFAULT.warmupMillis();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "md, jsonl (one object a test), json or csv (md)")
    private BenchFormat format = BenchFormat.MD;

    @Option(
            names = "--limits",
            description = "instead of tests, measure what the machine gives at most: reading as many bytes as a"
                    + " token's weights have, and calculating")
    private boolean limits;

    @Option(
            names = "--roofline",
            description = "for each test, what every operation takes, reads and calculates, its share of the machine's"
                    + " limits, and what to improve first")
    private boolean roofline;

    @Option(names = "--json", description = "the same as -o jsonl")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "print no progress")
    private boolean quiet;

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Mixin
    private final ContextOptions context = new ContextOptions();

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LoadOptions options = context.in(engine.options(console));
        BenchPlan plan = plan(options.threads());
        BenchHost host = BenchHost.here(Version.ours());
        if (json) {
            format = BenchFormat.JSONL;
        }
        if (limits || roofline) {
            requireTextOrJson();
            if (limits) {
                printLimits(host, options, plan);
            } else {
                printRooflines(host, options, plan);
            }
            return ExitCode.DONE;
        }
        BenchWriter writer = BenchWriter.of(format, plan, console.out());
        new Bench(plan, host, models.name(console), count -> models.load(console, options.withThreads(count)))
                .run(new Told(writer));
        writer.end();
        return ExitCode.DONE;
    }

    private void printLimits(BenchHost host, LoadOptions options, BenchPlan plan) {
        try (ModelFile file = models.open(console)) {
            Checkpoint checkpoint = Families.read(file.gguf());
            for (int count : plan.threads()) {
                int chosen = count == 0 ? Workers.physicalCores() : count;
                MachineLimits measured = MachineLimits.measure(host, chosen, options.ceiling(), checkpoint);
                if (format == BenchFormat.MD) {
                    LimitsWriter.text(measured, console.out());
                } else {
                    LimitsWriter.json(measured, console.out());
                }
            }
        }
    }

    private void printRooflines(BenchHost host, LoadOptions options, BenchPlan plan) {
        for (int count : plan.threads()) {
            try (Model model = models.load(console, options.withThreads(count))) {
                MachineLimits measured =
                        MachineLimits.measure(host, model.threads(), options.ceiling(), model.checkpoint());
                Roofline drawn = Roofline.measure(model, models.name(console), measured, plan, new Progress());
                if (format == BenchFormat.MD) {
                    RooflineWriter.text(drawn, console.out());
                } else {
                    RooflineWriter.json(drawn, console.out());
                }
            }
        }
    }

    private void requireTextOrJson() {
        if (format == BenchFormat.CSV) {
            throw new OptionException("-o csv with --limits or --roofline, expected md, jsonl or json");
        }
    }

    private BenchPlan plan(int oneThreads) {
        BenchPlan usual = BenchPlan.DEFAULT;
        return new BenchPlan(
                prompts == null ? usual.prompts() : prompts,
                generations == null ? usual.generations() : generations,
                depths == null ? usual.depths() : depths,
                sequences == null ? usual.sequences() : sequences,
                threads == null ? List.of(oneThreads) : threads,
                repetitions,
                warmupMillis);
    }

    /// What happens goes to standard error.
    private class Progress implements Bench.Listener {
        private final ProgressLines lines = new ProgressLines(console.err());

        @Override
        public void running(BenchCase test, int number, int of, int run) {
            if (!quiet) {
                lines.say(() -> "test " + number + " of " + of + ": " + test.label() + ", "
                        + (run == 0 ? "warm-up" : "run " + run + " of " + repetitions));
            }
        }

        @Override
        public void finished(BenchResult result) {}
    }

    /// Results go to the writer as well.
    private final class Told extends Progress {
        private final BenchWriter writer;

        private Told(BenchWriter writer) {
            this.writer = writer;
        }

        @Override
        public void finished(BenchResult result) {
            writer.add(result);
        }
    }
}
