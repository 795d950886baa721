package dev.vivace.format.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vivace.VivaceException;

/// Reads the kept corpus; with `JAZZER_FUZZ=1` in the environment it searches for new inputs instead.
class JsonFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyBytesEndInSuccessOrOneSentence(byte[] bytes) {
        try {
            JsonValue value = Json.read("f", bytes);
            assertThat(Json.read("f", Json.write(value))).isEqualTo(value);
        } catch (VivaceException refused) {
            assertThat(refused.getMessage()).startsWith("f: ");
        }
    }
}
