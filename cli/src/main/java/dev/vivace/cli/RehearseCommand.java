package dev.vivace.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `vivace rehearse`: does once what most runs do, and prints nothing. The launcher has the Java machine watch it, to
/// make the ahead-of-time cache from which later runs start. Runs the model inside the jar, and [RehearsalModel].
@Command(name = "rehearse", hidden = true, description = "Does once what most runs do, for the launcher.")
final class RehearseCommand implements Callable<Integer> {
    private final Console console;

    RehearseCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try {
            Path folder = Files.createTempDirectory("vivace-rehearsal");
            Path model = folder.resolve("zeros.gguf");
            try {
                RehearsalModel.write(model);
                return run(model.toString());
            } finally {
                Files.deleteIfExists(model);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int run(String model) {
        String prompt = "It's 12:30, and all the words of this text are split, looked up and merged. ".repeat(4);
        List<String[]> commands = List.of(
                new String[] {"run", "-m", model, "-n", "4", "--raw", "Hi"},
                new String[] {"run", "-m", model, "-n", "4", "--system", "Be brief.", prompt},
                new String[] {"run", "-m", model, "-n", "2", "--raw", "--json", "--logprobs", "1", "Hi"},
                new String[] {"tokenize", "-m", model, prompt},
                new String[] {"run", "-n", "16", "Once upon a time"});
        for (String[] command : commands) {
            int code = Main.run(silent(), command);
            if (code != ExitCode.DONE) {
                return code;
            }
        }
        return ExitCode.DONE;
    }

    /// A console whose output nobody sees, in the same environment but for the choice of a model.
    private Console silent() {
        Map<String, String> environment = new HashMap<>(console.environment());
        environment.remove("VIVACE_MODEL");
        var in = new ByteArrayInputStream(new byte[0]);
        return new Console(in, nowhere(), nowhere(), environment, false);
    }

    private static PrintStream nowhere() {
        return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }
}
