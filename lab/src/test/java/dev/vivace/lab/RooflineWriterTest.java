package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RooflineWriterTest {
    private static final Roofline ROOFLINE = new Roofline(
            new BenchSubject("a.gguf", "llama 135M Q4_1", 100, 160, DType.F16, 2, "vnni", "Running."),
            RooflinePhaseTest.LIMITS,
            List.of(RooflinePhaseTest.phase()));

    private static String printed(boolean json) {
        var bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        if (json) {
            RooflineWriter.json(ROOFLINE, out);
        } else {
            RooflineWriter.text(ROOFLINE, out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_person_sees_where_time_goes_and_what_to_improve_first() {
        List<String> lines = printed(false).lines().toList();
        assertThat(lines.getFirst()).isEqualTo("llama 135M Q4_1, 2 threads, A CPU. Running.");
        assertThat(lines)
                .contains("tg2: 2000000.00 tokens/s, 500 ns a token; 250 ns at the limits of all operations (50%)")
                .contains("first to improve: down, 120 ns a token (24%) above its limit")
                .anyMatch(line -> line.matches("gate-up +160 ns +32\\.0% +1\\.50 kB +9\\.38 GB/s +400 op +2\\.50 Gop/s"
                        + " +memory +94% +█{6}"))
                .anyMatch(line -> line.matches("norm +20\\.0 ns +4\\.0% +░"))
                .allMatch(line -> line.length() <= 132);
    }

    @Test
    void a_program_reads_one_object() {
        assertThat(printed(true).lines()).hasSize(1);
        JsonNode root = JsonMapper.shared().readTree(printed(true));
        assertThat(root.get("limits").get("read_bytes_per_second").asDouble()).isCloseTo(10e9, within(1.0));
        JsonNode phase = root.get("phases").get(0);
        assertThat(phase.get("test").asString()).isEqualTo("tg2");
        assertThat(phase.get("tokens").asLong()).isEqualTo(2);
        assertThat(phase.get("first_to_improve").asString()).isEqualTo("down");
        JsonNode attention = phase.get("operations").get(1);
        assertThat(attention.get("operation").asString()).isEqualTo("attention");
        assertThat(attention.get("time_ns").asLong()).isEqualTo(100);
        assertThat(attention.get("limit_ns").asLong()).isEqualTo(40);
        assertThat(attention.get("bound").asString()).isEqualTo("f32");
        assertThat(attention.get("share").asDouble()).isCloseTo(0.4, within(1e-9));
    }
}
