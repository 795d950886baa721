package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.sampling.Sampling;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a plan says against what is taken.
class MemoryPlanTest {
    private static final Pattern TAKEN = Pattern.compile("planned=(\\d+) loaded=(\\d+) full=(\\d+) closed=(-?\\d+)\\R");
    private static final GenerateOptions GREEDY =
            GenerateOptions.DEFAULT.withSampling(Sampling.greedy()).withIgnoreEnd(true);

    @TempDir
    Path folder;

    @Test
    void theBuiltInModelTakesWhatItsPlanSaysAndGivesAllBackHoweverOften() throws Exception {
        takesWhatItsPlanSays("built-in", 512, 64, TestData.full() ? 1000 : 100);
    }

    @Test
    void smolLm2TakesWhatItsPlanSaysInASmallHeap() throws Exception {
        takesWhatItsPlanSays(TestData.model("smollm2-135m-instruct-q4_1.gguf").toString(), 900, 80, 0);
    }

    @Test
    void gemmaTakesWhatItsPlanSaysInAHeapFarSmallerThanItsFile() throws Exception {
        takesWhatItsPlanSays(TestData.model("gemma3-270m-q4_k_m.gguf").toString(), 600, 120, 0);
    }

    private void takesWhatItsPlanSays(String model, int context, int heapMib, int cycles) throws Exception {
        List<String> arguments = List.of(
                "-XX:NativeMemoryTracking=summary",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx" + heapMib + "m",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryTaken.class.getName(),
                model,
                String.valueOf(context),
                String.valueOf(cycles));
        ChildJava child = ChildJava.run(folder, 300, arguments);
        assertThat(child.err()).isEmpty();
        Matcher taken = TAKEN.matcher(child.out());
        assertThat(taken.matches()).as(child.out()).isTrue();
        long planned = Long.parseLong(taken.group(1));
        assertThat(Long.parseLong(taken.group(3))).as(child.out()).isBetween(planned / 2, planned);
        assertThat(Long.parseLong(taken.group(4))).as(child.out()).isZero();
    }

    @Test
    void whatWasPlannedForIsThereToTheLastToken() {
        MemoryPlan plan;
        try (Model model = Model.builtIn(TestLevels.options().withThreads(1).withContext(200))) {
            plan = model.memory();
            assertThat(plan.cacheBytes()).isEqualTo(plan.cacheBytesPerToken() * 256);
        }
        LoadOptions exactly =
                TestLevels.options().withThreads(1).withContext(200).withMemoryBytes(plan.totalBytes());
        assertThatThrownBy(() -> Model.builtIn(exactly.withMemoryBytes(plan.totalBytes() - 1)))
                .isInstanceOf(CapacityException.class)
                .hasMessageContaining("a context of 192 would fit");
        try (Model model = Model.builtIn(exactly);
                Session session = model.session();
                Session second = model.session()) {
            assertThat(session.generate(Prompt.raw("Tom"), GREEDY).answer().finishReason())
                    .isEqualTo(FinishReason.LENGTH);
            assertThat(session.tokens()).hasSize(199);
            assertThatThrownBy(() -> second.generate(Prompt.raw("Lily"), GREEDY).answer())
                    .isInstanceOf(CapacityException.class)
                    .hasMessageContaining("close sessions");
            session.close();
            assertThat(second.generate(Prompt.raw("Lily"), GREEDY).answer().finishReason())
                    .isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void aFullCacheEndsTheYoungestAnswerAlone() {
        MemoryPlan plan;
        try (Model model = Model.builtIn(TestLevels.options().withThreads(1).withContext(512))) {
            plan = model.memory();
        }
        int[] prompt = new int[300];
        Arrays.fill(prompt, 300);
        LoadOptions one = TestLevels.options().withThreads(1).withContext(512).withMemoryBytes(plan.totalBytes());
        try (Model model = Model.builtIn(one);
                Session first = model.session();
                Session second = model.session()) {
            Answer alone = first.generate(Prompt.tokens(prompt), GREEDY).answer();
            first.reset();
            Generation older = first.generate(Prompt.tokens(prompt), GREEDY);
            Generation younger = second.generate(Prompt.tokens(prompt), GREEDY);
            assertThatThrownBy(younger::answer).isInstanceOf(CapacityException.class);
            assertThat(older.answer().tokens()).isEqualTo(alone.tokens());
        }
    }

    @Test
    void whatCannotFitAtAllIsSaidSo() {
        assertThatThrownBy(() -> Model.builtIn(TestLevels.options().withMemoryBytes(1 << 20)))
                .isInstanceOf(CapacityException.class)
                .hasMessageStartingWith("not enough memory: ")
                .hasMessageEndingWith("no context is short enough to fit");
    }
}
