package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's Java example is a program that runs.
class ReadmeTest {
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("Path\\.of\\(\"([\\w.-]+\\.gguf)\"\\)");

    /// What a Java machine says of itself, not of the program.
    private static final Pattern OF_THE_MACHINE =
            Pattern.compile("(?m)^(Picked up \\w+: .*|WARNING: Using incubator .*)\\R?");

    @Test
    void exampleCompilesRunsAndPrintsAnAnswer(@TempDir Path folder) throws Exception {
        String example = example();
        assertThat(example.lines()).hasSizeBetween(10, 14);
        Files.writeString(folder.resolve("Example.java"), example);
        copyBuiltInModel(folder.resolve(modelFile(example)));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path classes = Path.of(
                Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Process process = new ProcessBuilder(java.toString(), "-cp", classes.toString(), "Example.java")
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(OF_THE_MACHINE.matcher(Files.readString(err)).replaceAll("")).isEmpty();
        assertThat(Files.readString(out)).hasSizeGreaterThan(100).contains(" ");
        assertThat(process.exitValue()).isZero();
    }

    private static String example() throws IOException {
        Matcher block = EXAMPLE.matcher(Files.readString(TestData.root().resolve("README.md")));
        assertThat(block.find()).as("README.md has a java block").isTrue();
        return block.group(1);
    }

    private static String modelFile(String example) {
        Matcher file = FILE.matcher(example);
        assertThat(file.find()).as("the example loads a file").isTrue();
        return file.group(1);
    }

    private static void copyBuiltInModel(Path to) throws IOException {
        try (InputStream in = Model.class.getResourceAsStream("stories260k.gguf")) {
            Files.copy(Objects.requireNonNull(in), to);
        }
    }
}
