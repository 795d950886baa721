package dev.vivace;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Exercises the kept corpus; with `JAZZER_FUZZ=1` in the environment it searches for new inputs instead.
class ModelFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyFileEndsInAnAnswerOrOneSentence(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("vivace-fuzz", ".gguf");
        try {
            Files.write(file, bytes);
            ModelExercise.load(file);
        } finally {
            Files.delete(file);
        }
    }
}
