package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Java machine of its own for a test: with other options, and free to crash, hang or run out of memory.
///
/// @param status its exit status
/// @param out its standard output
/// @param err its standard error, without what every Java machine may say of itself
record ChildJava(int status, String out, String err) {
    private static final String OF_THE_MACHINE = "(?m)^(Picked up \\w+: .*|WARNING: Using incubator .*)\\R?";

    /// Runs `java` with `arguments` in `folder` and waits for its end.
    static ChildJava run(Path folder, long timeoutSeconds, List<String> arguments)
            throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(timeoutSeconds, TimeUnit.SECONDS))
                    .as("ends within %d seconds", timeoutSeconds)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new ChildJava(
                process.exitValue(),
                Files.readString(out),
                Files.readString(err).replaceAll(OF_THE_MACHINE, ""));
    }
}
