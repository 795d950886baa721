package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchWriterTest {
    private static final BenchHost HOST = new BenchHost("1.2.3", "A \"fast\" CPU", "25");
    private static final BenchSubject SUBJECT = new BenchSubject(
            "models/a.gguf", "llama 135M Q4_1", 98_000_000, 134_515_008, DType.F16, 2, "vector", "Running.");
    private static final BenchCost COST = new BenchCost(80_000_000, 260_000_000);
    private static final BenchCase PROMPT = new BenchCase(512, 0, 0, 1, 0);
    private static final BenchCase DEEP = new BenchCase(0, 100, 1024, 4, 0);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private static BenchResult result(BenchCase test, long... nanos) {
        List<Long> times = new ArrayList<>();
        for (long each : nanos) {
            times.add(each);
        }
        return new BenchResult(HOST, SUBJECT, test, Instant.parse("2026-01-02T03:04:05.678Z"), times, COST);
    }

    private String written(BenchFormat format, BenchPlan plan, BenchResult... results) {
        bytes.reset();
        BenchWriter writer = BenchWriter.of(format, plan, new PrintStream(bytes, false, StandardCharsets.UTF_8));
        for (BenchResult result : results) {
            writer.add(result);
        }
        writer.end();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void means_and_deviations_are_those_worked_out_by_hand() {
        // 400 tokens in 1, 2 and 4 seconds: 400, 200 and 100 a second.
        BenchResult result = result(DEEP, 1_000_000_000L, 2_000_000_000L, 4_000_000_000L);
        assertThat(result.rates()).containsExactly(400, 200, 100);
        assertThat(result.meanRate()).isCloseTo(700 / 3.0, within(1e-9));
        // Squares of 166.67, 33.33, 133.33 sum to 46,666.67; over two.
        assertThat(result.deviationRate()).isCloseTo(Math.sqrt(46_666.666666 / 2), within(1e-6));
        assertThat(result.meanNanos()).isCloseTo(7e9 / 3, within(1e-3));
        assertThat(result.deviationNanos()).isCloseTo(Math.sqrt(14.0 / 3 / 2) * 1e9, within(1.0));
        assertThat(result(PROMPT, 5).deviationRate()).isZero();
    }

    @Test
    void json_lines_have_the_fields_of_llama_bench() {
        String lines = written(
                BenchFormat.JSONL, BenchPlan.DEFAULT, result(PROMPT, 256_000_000), result(DEEP, 1_000_000_000L));
        assertThat(lines.lines()).hasSize(2);
        JsonNode first = JsonMapper.shared().readTree(lines.lines().findFirst().orElseThrow());
        assertThat(first.propertyNames())
                .containsExactly(
                        "build_commit",
                        "build_number",
                        "cpu_info",
                        "gpu_info",
                        "backends",
                        "model_filename",
                        "model_type",
                        "model_size",
                        "model_n_params",
                        "n_threads",
                        "type_k",
                        "type_v",
                        "n_prompt",
                        "n_gen",
                        "n_depth",
                        "test_time",
                        "avg_ns",
                        "stddev_ns",
                        "avg_ts",
                        "stddev_ts",
                        "n_seqs",
                        "engine",
                        "version",
                        "java",
                        "isa",
                        "kernels",
                        "load_ns",
                        "peak_bytes",
                        "samples_ns",
                        "samples_ts");
        assertThat(first.get("cpu_info").asString()).isEqualTo("A \"fast\" CPU");
        assertThat(first.get("model_size").asLong()).isEqualTo(98_000_000);
        assertThat(first.get("n_prompt").asInt()).isEqualTo(512);
        assertThat(first.get("n_gen").asInt()).isZero();
        assertThat(first.get("type_k").asString()).isEqualTo("f16");
        assertThat(first.get("test_time").asString()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(first.get("avg_ns").asLong()).isEqualTo(256_000_000);
        assertThat(first.get("avg_ts").asDouble()).isCloseTo(2000, within(1e-9));
        assertThat(first.get("samples_ns").get(0).asLong()).isEqualTo(256_000_000);
        assertThat(first.get("samples_ts").get(0).asDouble()).isCloseTo(2000, within(1e-9));
        assertThat(first.get("load_ns").asLong()).isEqualTo(80_000_000);
        assertThat(first.get("peak_bytes").asLong()).isEqualTo(260_000_000);
        JsonNode second =
                JsonMapper.shared().readTree(lines.lines().skip(1).findFirst().orElseThrow());
        assertThat(second.get("n_depth").asInt()).isEqualTo(1024);
        assertThat(second.get("n_seqs").asInt()).isEqualTo(4);
        assertThat(second.get("avg_ts").asDouble()).isCloseTo(400, within(1e-9));
    }

    @Test
    void json_is_one_array() {
        JsonNode two = JsonMapper.shared()
                .readTree(written(BenchFormat.JSON, BenchPlan.DEFAULT, result(PROMPT, 1), result(DEEP, 2)));
        assertThat(two.isArray()).isTrue();
        assertThat(two).hasSize(2);
        assertThat(JsonMapper.shared().readTree(written(BenchFormat.JSON, BenchPlan.DEFAULT)))
                .isEmpty();
    }

    @Test
    void the_table_has_the_columns_of_llama_bench() {
        assertThat(written(BenchFormat.MD, BenchPlan.DEFAULT, result(PROMPT, 256_000_000, 512_000_000))
                        .lines())
                .containsExactly(
                        "| model                          |       size |     params | backend    | threads |"
                                + "            test |                  t/s |",
                        "| ------------------------------ | ---------: | ---------: | ---------- | ------: |"
                                + " --------------: | -------------------: |",
                        "| llama 135M Q4_1                |  93.46 MiB |   134.52 M | CPU        |       2 |"
                                + "           pp512 |     1500.00 ± 707.11 |",
                        "",
                        "vivace 1.2.3, Java 25, A \"fast\" CPU. Running.");
    }

    @Test
    void the_table_shows_sequences_where_there_are_several() {
        BenchPlan plan = new BenchPlan(List.of(), List.of(100), List.of(1024), List.of(1, 4), List.of(0), 1, 0);
        assertThat(written(BenchFormat.MD, plan, result(DEEP, 1_000_000_000L)))
                .contains("| threads |  seqs |            test |")
                .contains("|       2 |     4 |   tg100 @ d1024 |        400.00 ± 0.00 |");
    }

    @Test
    void values_are_quoted_behind_one_header() {
        List<String> lines = written(BenchFormat.CSV, BenchPlan.DEFAULT, result(PROMPT, 1), result(DEEP, 2))
                .lines()
                .toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst())
                .startsWith("build_commit,build_number,cpu_info")
                .doesNotContain("samples");
        assertThat(lines.get(1)).startsWith("\"unknown\",\"0\",\"A \"\"fast\"\" CPU\",\"\",\"CPU\",\"models/a.gguf\"");
    }

    @Test
    void sizes_are_written_as_models_are_named() {
        assertThat(BenchSubject.size(260_032)).isEqualTo("260K");
        assertThat(BenchSubject.size(134_515_008)).isEqualTo("135M");
        assertThat(BenchSubject.size(999_600)).isEqualTo("1M");
        assertThat(BenchSubject.size(1_540_000_000)).isEqualTo("1.5B");
        assertThat(BenchSubject.size(7_240_000_000L)).isEqualTo("7.2B");
        assertThat(BenchSubject.size(12)).isEqualTo("12");
    }
}
