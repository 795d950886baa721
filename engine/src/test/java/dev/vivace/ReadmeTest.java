package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's Java example is a program that runs.
class ReadmeTest {
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("Path\\.of\\(\"([\\w.-]+\\.gguf)\"\\)");

    @Test
    void exampleCompilesRunsAndPrintsAnAnswer(@TempDir Path folder) throws Exception {
        String example = example();
        assertThat(example.lines()).hasSizeBetween(10, 14);
        Files.writeString(folder.resolve("Example.java"), example);
        copyBuiltInModel(folder.resolve(modelFile(example)));
        Path classes = Path.of(
                Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        ChildJava program = ChildJava.run(
                folder, 120, List.of("--enable-native-access=ALL-UNNAMED", "-cp", classes.toString(), "Example.java"));
        assertThat(program.err()).isEmpty();
        assertThat(program.out()).hasSizeGreaterThan(100).contains(" ");
        assertThat(program.status()).isZero();
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
