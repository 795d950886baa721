package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.CpuReport;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.scalar.ScalarKernels;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectCpuTest {
    @TempDir
    private Path folder;

    @Test
    void shows_the_processor_the_levels_and_the_choice() {
        Outcome shown = Outcome.of("", Map.of("VIVACE_ISA", "scalar"), "inspect", "--cpu");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.code()).isZero();
        assertThat(shown.out())
                .containsPattern("processor +\\S")
                .containsPattern("kernels +Running on plain loops, as asked\\.\n")
                .containsPattern("\nlevels\n  scalar   chosen\n")
                .containsPattern("\n  amx +\\S");
        JsonNode root = JsonMapper.shared()
                .readTree(Outcome.of("inspect", "--cpu", "--json").out());
        assertThat(root.propertyNames())
                .containsExactly(
                        "processor", "model", "cache_bytes", "features", "amx_tiles", "chosen", "tuning", "levels");
        assertThat(root.get("levels")).hasSize(Isa.values().length);
        String chosen = root.get("chosen").get("level").asString();
        for (JsonNode level : root.get("levels")) {
            assertThat(level.get("runs").asBoolean())
                    .isEqualTo(level.get("obstacle").isNull());
            if (level.get("level").asString().equals(chosen)) {
                assertThat(level.get("runs").asBoolean()).isTrue();
            }
        }
    }

    @Test
    void shows_what_was_measured() {
        CpuReport report = new CpuReport(
                "A processor\u001b[31m",
                Optional.of("Vendor-1-2-3"),
                List.of(49_152L, 0L, 33_554_432L),
                Map.of("avx2", true),
                List.of(
                        new CpuReport.Level(Isa.SCALAR, Optional.empty()),
                        new CpuReport.Level(Isa.AMX, Optional.of("no"))),
                "denied",
                new KernelLevels.Choice(new ScalarKernels(), "Why.", false),
                List.of(
                        new CpuReport.Measurement("some work", "bf16", Map.of("bf16", 1700L)),
                        new CpuReport.Measurement("other work", "f32", Map.of())),
                "measured now");
        var out = new ByteArrayOutputStream();
        new CpuText(report, new PrintStream(out, false, StandardCharsets.UTF_8)).print();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                processor      A processor\\x1b[31m
                model          Vendor-1-2-3
                caches         48.0 KiB, unknown, 32.0 MiB
                features       avx2
                amx tiles      denied
                kernels        Why.
                tuning         measured now
                  some work: bf16 (bf16 1.7 us)
                  other work: f32, the only one of this level

                levels
                  scalar   chosen
                  amx      no
                """);
        JsonNode root = CpuJson.object(report);
        assertThat(root.get("tuning")
                        .get("choices")
                        .get(0)
                        .get("nanos")
                        .get("bf16")
                        .asLong())
                .isEqualTo(1700);
    }

    @Test
    void a_level_or_model_that_makes_no_sense_is_refused_in_one_sentence() {
        Outcome level = Outcome.of("", Map.of("VIVACE_ISA", "sse"), "inspect", "--cpu");
        assertThat(level.code()).isEqualTo(2);
        assertThat(level.err())
                .isEqualTo("vivace: VIVACE_ISA=sse, expected one of scalar, vector, avx2, avx512, vnni, amx\n");
        Outcome model = Outcome.of("inspect", "--cpu", "x.gguf");
        assertThat(model.code()).isEqualTo(2);
        assertThat(model.err()).startsWith("vivace: --cpu shows the processor").hasLineCount(1);
    }

    @Test
    void the_cache_folder_and_a_pinned_tuning_are_taken_from_the_environment() {
        Outcome kept =
                Outcome.of("", Map.of("VIVACE_CACHE", folder.resolve("kept").toString()), "inspect", "--cpu");
        assertThat(kept.code()).isZero();
        Outcome none = Outcome.of("", Map.of("VIVACE_TUNING", "none"), "inspect", "--cpu", "--json");
        assertThat(none.code()).isZero();
        Outcome help = Outcome.of("inspect", "--help");
        assertThat(help.out()).contains("--cpu", "--tuning", "VIVACE_TUNING");
    }
}
