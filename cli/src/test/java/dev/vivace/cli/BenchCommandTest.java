package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
    private static final String[] QUICK = {"--warmup", "0", "-q"};

    private static Outcome bench(String... arguments) {
        return bench(Map.of(), arguments);
    }

    private static Outcome bench(Map<String, String> environment, String... arguments) {
        String[] all = new String[1 + arguments.length + QUICK.length];
        all[0] = "bench";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        System.arraycopy(QUICK, 0, all, 1 + arguments.length, QUICK.length);
        return Outcome.of("", environment, all);
    }

    @Test
    void json_lines_come_one_a_test_in_every_combination() {
        Outcome shown = bench("-p", "8,16", "-n", "4", "-d", "0,8", "-b", "1,2", "-t", "1", "-r", "3", "-o", "jsonl");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.code()).isZero();
        List<JsonNode> tests =
                shown.out().lines().map(JsonMapper.shared()::readTree).toList();
        assertThat(tests).hasSize(12);
        assertThat(tests.stream().map(BenchCommandTest::test).limit(7))
                .containsExactly(
                        "p8 n0 d0 b1",
                        "p16 n0 d0 b1",
                        "p0 n4 d0 b1",
                        "p8 n0 d8 b1",
                        "p16 n0 d8 b1",
                        "p0 n4 d8 b1",
                        "p8 n0 d0 b2");
        assertThat(tests).allSatisfy(BenchCommandTest::assertConsistent);
    }

    private static String test(JsonNode test) {
        return "p" + test.get("n_prompt").asInt() + " n" + test.get("n_gen").asInt() + " d"
                + test.get("n_depth").asInt() + " b" + test.get("n_seqs").asInt();
    }

    /// Rates are tokens over times, and means are those of the samples.
    private static void assertConsistent(JsonNode test) {
        assertThat(test.get("n_threads").asInt()).isEqualTo(1);
        assertThat(test.get("samples_ns")).hasSize(3);
        int tokens = (test.get("n_prompt").asInt() + test.get("n_gen").asInt())
                * test.get("n_seqs").asInt();
        double[] rates = StreamSupport.stream(test.get("samples_ts").spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
        for (int i = 0; i < rates.length; i++) {
            double expected = tokens * 1e9 / test.get("samples_ns").get(i).asLong();
            assertThat(rates[i]).isCloseTo(expected, within(1e-9 * expected));
        }
        double mean = (rates[0] + rates[1] + rates[2]) / 3;
        assertThat(test.get("avg_ts").asDouble()).isPositive().isCloseTo(mean, within(1e-9 * mean));
        assertThat(test.get("stddev_ts").asDouble()).isNotNegative();
    }

    @Test
    void threads_come_from_the_list_else_the_option_else_the_environment() {
        assertThat(threads(bench("-p", "4", "-n", "0", "-r", "1", "-o", "json", "-t", "2,1", "--threads", "3")))
                .containsExactly(2, 1);
        assertThat(threads(bench("-p", "4", "-n", "0", "-r", "1", "-o", "json", "--threads", "3")))
                .containsExactly(3);
        Map<String, String> two = Map.of("VIVACE_THREADS", "2");
        assertThat(threads(bench(two, "-p", "4", "-n", "0", "-r", "1", "-o", "json")))
                .containsExactly(2);
    }

    private static List<Integer> threads(Outcome shown) {
        assertThat(shown.err()).isEmpty();
        return StreamSupport.stream(JsonMapper.shared().readTree(shown.out()).spliterator(), false)
                .map(test -> test.get("n_threads").asInt())
                .toList();
    }

    @Test
    void a_person_gets_a_table() {
        Outcome shown = bench("-p", "8", "-n", "0", "-r", "2", "--isa", "scalar");
        assertThat(shown.out().lines().toList()).hasSize(5).satisfies(lines -> {
            assertThat(lines.getFirst()).contains("model", "size", "params", "backend", "threads", "test", "t/s");
            assertThat(lines.get(2)).contains("pp8", " ± ", "CPU");
            assertThat(lines.get(4)).contains("plain loops");
        });
    }

    @Test
    void limits_are_measured_for_each_number_of_threads() {
        Outcome shown = bench("--limits", "-t", "1,2", "-o", "jsonl");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.code()).isZero();
        List<JsonNode> limits =
                shown.out().lines().map(JsonMapper.shared()::readTree).toList();
        assertThat(limits.stream().map(each -> each.get("n_threads").asInt())).containsExactly(1, 2);
        assertThat(limits).allSatisfy(each -> {
            assertThat(each.get("weight_bytes").asLong()).isGreaterThan(1_000_000);
            assertThat(each.get("limit_ts").asDouble()).isPositive();
            assertThat(each.get("operations_per_second").get("f32").asDouble()).isPositive();
        });
        assertThat(bench("--limits", "-t", "1").out()).contains("GB/s with 1 thread,", "f32");
        refused("-o csv with --limits or --roofline, expected md, jsonl or json", "--limits", "-o", "csv");
    }

    @Test
    void a_roofline_names_what_to_improve_first() {
        Outcome shown = bench("--roofline", "-p", "64", "-n", "8", "-t", "1", "-r", "2");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).contains("pp64: ", "tg8: ", "gate-up", "attention", "first to improve: ");
        Outcome json = bench("--roofline", "--json", "-p", "0", "-n", "8", "-t", "1", "-r", "2");
        JsonNode phase = JsonMapper.shared().readTree(json.out()).get("phases").get(0);
        assertThat(phase.get("tokens").asInt()).isEqualTo(16);
        double sum = 0;
        for (JsonNode operation : phase.get("operations")) {
            sum += operation.get("time_ns").asDouble();
            // The head runs once a token; the row before the first one is not counted.
            if (operation.get("operation").asString().equals("head")) {
                assertThat(operation.get("calls").asInt()).isEqualTo(16);
            }
        }
        double whole = phase.get("time_ns").asDouble();
        assertThat(sum).isCloseTo(whole, within(1e-6 * whole));
        refused("a roofline of several sequences", "--roofline", "-b", "2");
    }

    @Test
    void wrong_options_get_one_sentence() {
        refused(
                "-n 500 behind -d 64 takes 565 positions, but the model's context holds 512",
                "-p",
                "0",
                "-n",
                "500",
                "-d",
                "64");
        refused("-p 513 takes 513 positions", "-p", "513", "-n", "0");
        refused("leave nothing to time", "-p", "0", "-n", "0");
        refused("-b 0, expected 1 or more", "-b", "0");
        refused("-r 0, expected 1 to 10000", "-r", "0");
        refused("'x' is not an int", "-p", "1,x");
        refused("sql", "-o", "sql");
        refused("threads=100000", "-t", "100000");
        refused("none.gguf", "-m", "none.gguf");
    }

    private static void refused(String sentence, String... arguments) {
        Outcome outcome = bench(arguments);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("vivace: ").contains(sentence);
    }
}
