package dev.vivace.cli;

import dev.vivace.LoadOptions;
import dev.vivace.OptionException;
import dev.vivace.kernel.CpuReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `vivace inspect`: what a model file holds, also one that this build cannot run; or what this machine runs.
@Command(
        name = "inspect",
        description = {
            "Shows a model's architecture, tensors, metadata, tokenizer and memory needs;",
            "with --cpu the processor, the levels of kernels that run on it and why others do not."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final ModelOptions models = new ModelOptions();

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Mixin
    private final ContextOptions context = new ContextOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "the same as -m MODEL")
    private @Nullable Path model;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Option(names = "--tensors", description = "list every tensor")
    private boolean tensors;

    @Option(names = "--cpu", description = "show the processor and the chosen kernels, no model")
    private boolean cpu;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (cpu) {
            return showProcessor();
        }
        try (ModelFile file = model != null ? ModelFile.open(model) : models.open(console)) {
            Inspection inspection = Inspection.of(file.source(), file.gguf(), context.in(engine.options(console)));
            if (json) {
                Json.print(console.out(), new InspectionJson(inspection).object(tensors));
            } else {
                new InspectionText(inspection, console.out()).print(tensors);
            }
        }
        return ExitCode.DONE;
    }

    private int showProcessor() {
        if (model != null || tensors) {
            throw new OptionException("--cpu shows the processor: leave out " + (tensors ? "--tensors" : "the model"));
        }
        LoadOptions options = engine.options(console);
        CpuReport report = CpuReport.of(options.ceiling(), options.tuning(), options.cacheFolder());
        if (json) {
            Json.print(console.out(), CpuJson.object(report));
        } else {
            new CpuText(report, console.out()).print();
        }
        return ExitCode.DONE;
    }
}
