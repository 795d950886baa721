package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.LoadOptions;
import dev.vivace.Model;
import dev.vivace.kernel.Arithmetic;
import dev.vivace.kernel.Isa;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.Names;
import dev.vivace.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MachineLimitsTest {
    private static final BenchHost HOST = new BenchHost("1.2.3", "A CPU", "25");
    private static final MachineLimits LIMITS = new MachineLimits(
            HOST, 2, true, 98_000_000, 44.1e9, Map.of(Arithmetic.INT8, 2.2e12, Arithmetic.F32, 5.5e11));

    @Test
    void an_embedding_beside_a_head_of_its_own_is_not_read() {
        try (Model model = Model.builtIn(LoadOptions.DEFAULT.withThreads(1))) {
            Checkpoint tied = model.checkpoint();
            assertThat(MachineLimits.weightBytes(tied)).isEqualTo(tied.bytes());
            Tensor embedding = tied.tensor(Names.EMBEDDING).orElseThrow();
            Tensor head = new Tensor(
                    Names.OUTPUT, embedding.dtype(), embedding.rows(), embedding.columns(), embedding.data());
            Checkpoint untied = tied.with(head);
            assertThat(untied.bytes()).isGreaterThan(tied.bytes());
            assertThat(MachineLimits.weightBytes(untied)).isEqualTo(tied.bytes());
        }
    }

    @Test
    void limits_of_the_story_model_can_be_measured() {
        try (Model model = Model.builtIn(LoadOptions.DEFAULT.withThreads(1))) {
            MachineLimits limits = MachineLimits.measure(HOST, 1, Isa.AMX, model.checkpoint());
            assertThat(limits.weightBytes()).isEqualTo(model.checkpoint().bytes());
            assertThat(limits.tokensPerSecond()).isCloseTo(limits.readRate() / limits.weightBytes(), within(1e-6));
            assertThat(limits.readRate()).isGreaterThan(5e8);
            assertThat(limits.peaks()).containsKey(Arithmetic.F32);
        }
    }

    private static String printed(boolean json) {
        var bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        if (json) {
            LimitsWriter.json(LIMITS, out);
        } else {
            LimitsWriter.text(LIMITS, out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_person_reads_two_lines() {
        assertThat(printed(false).lines())
                .containsExactly(
                        "reading 98.0 MB, a token's weights: 44.1 GB/s with 2 threads, 450 tokens/s at most",
                        "calculating, billions of operations a second: f32 550, int8 2200");
    }

    @Test
    void a_program_reads_one_object() {
        assertThat(printed(true).lines()).hasSize(1);
        JsonNode object = JsonMapper.shared().readTree(printed(true));
        assertThat(object.get("n_threads").asInt()).isEqualTo(2);
        assertThat(object.get("weight_bytes").asLong()).isEqualTo(98_000_000);
        assertThat(object.get("read_bytes_per_second").asDouble()).isCloseTo(44.1e9, within(1.0));
        assertThat(object.get("limit_ts").asDouble()).isCloseTo(450, within(1e-6));
        assertThat(object.get("operations_per_second").propertyNames()).containsExactly("f32", "int8");
    }
}
