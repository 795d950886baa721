package dev.vivace.cli;

import dev.vivace.TestLevels;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.format.gguf.GgufWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// What one run of the command line in this process gave.
///
/// @param code the exit code
/// @param out all of standard output
/// @param err all of standard error
record Outcome(int code, String out, String err) {
    static Outcome of(String... arguments) {
        return of("", Map.of(), arguments);
    }

    static Outcome of(String input, Map<String, String> environment, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var console = new Console(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                withCeiling(environment),
                false);
        int code = Main.run(console, arguments);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// With the ceiling that all tests are run under, unless the test sets one.
    private static Map<String, String> withCeiling(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("VIVACE_ISA", TestLevels.ceiling().name());
        return all;
    }

    /// The model inside the jar as a file in `folder`.
    static Path storyModel(Path folder) throws IOException {
        Path file = folder.resolve("stories260k.gguf");
        try (InputStream in = Outcome.class.getResourceAsStream("/dev/vivace/stories260k.gguf")) {
            Files.copy(in, file);
        }
        return file;
    }

    /// The same model with a chat template that spells roles as plain words.
    static Path templateModel(Path folder) throws IOException {
        Path file = folder.resolve("template.gguf");
        try (Gguf story = Gguf.open(storyModel(folder))) {
            GgufWriter writer = new GgufWriter()
                    .putAll(story.metadata())
                    .text(
                            "tokenizer.chat_template",
                            "{% for m in messages %}{{ m.role + ': ' if m.role != 'assistant' else 'assistant:' }}"
                                    + "{{ m.content }}{{ '\\n' }}{% endfor %}"
                                    + "{% if add_generation_prompt %}assistant:{% endif %}");
            story.tensors().forEach(info -> writer.add(story.tensor(info.name()).orElseThrow()));
            writer.write(file);
        }
        return file;
    }
}
