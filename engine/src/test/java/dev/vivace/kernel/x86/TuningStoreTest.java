package dev.vivace.kernel.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.TuningChoice;
import dev.vivace.kernel.x86.Alternative.Way;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningStoreTest {
    private static final TuningChoice MEASURED = new TuningChoice.Measured();
    private static final String GOOD = """
            vivace-tuning 1
            cpu FakeVendor-6-143-8
            level VNNI
            PREFILL_BF16 BF16 BF16=1700 F32=3210
            end
            """;

    @TempDir
    private Path folder;

    private int runs;
    private long now;

    @Test
    void measuresOnceAndKeepsIt() throws IOException {
        Path cache = folder.resolve("deep/cache");
        Tuned first = store(cache).tuned(MEASURED, text(Isa.VNNI));
        assertThat(runs).isPositive();
        assertThat(first.tuning().way(Alternative.PREFILL_BF16)).contains(Way.BF16);
        Path file = cache.resolve("tuning-FakeVendor-6-143-8-vnni.txt");
        assertThat(first.origin()).isEqualTo("measured now, kept in " + file);
        runs = 0;
        Tuned second = store(cache).tuned(MEASURED, text(Isa.VNNI));
        assertThat(runs).isZero();
        assertThat(second.tuning()).isEqualTo(first.tuning());
        assertThat(second.origin()).isEqualTo("measured before, kept in " + file);
        store(cache).tuned(MEASURED, text(Isa.AMX));
        assertThat(runs).as("another level is another matter").isPositive();
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).as("nothing half written is left").hasSize(2);
        }
    }

    @Test
    void aDamagedFileIsMeasuredAnewAndWrittenAnew() throws IOException {
        Path file = folder.resolve("tuning-FakeVendor-6-143-8-vnni.txt");
        for (String damaged :
                List.of("", "x", GOOD.substring(0, GOOD.length() - 5), GOOD + GOOD, "\0".repeat(100_000))) {
            Files.writeString(file, damaged);
            runs = 0;
            store(folder).tuned(MEASURED, text(Isa.VNNI));
            assertThat(runs).isPositive();
            assertThat(Files.readString(file)).startsWith("vivace-tuning 1\n").endsWith("\nend\n");
        }
    }

    @Test
    void goesOnWhereNothingCanBeWritten() throws IOException {
        Path occupied = Files.writeString(folder.resolve("file"), "no folder");
        Tuned tuned = store(occupied).tuned(MEASURED, text(Isa.VNNI));
        assertThat(tuned.tuning().way(Alternative.PREFILL_BF16)).contains(Way.BF16);
        assertThat(tuned.origin()).startsWith("measured now; ").contains("cannot be written");
        TuningStore nowhere = new TuningStore(Optional.empty(), measurement());
        assertThat(nowhere.tuned(MEASURED, text(Isa.VNNI)).origin()).isEqualTo("measured now, kept nowhere");
    }

    @Test
    void aPinnedFileDecidesWithoutMeasuring() throws IOException {
        Path file = Files.writeString(folder.resolve("pinned.txt"), GOOD.replace(" BF16 ", " F32 "));
        Tuned tuned = store(folder).tuned(new TuningChoice.Pinned(file), text(Isa.VNNI));
        assertThat(runs).isZero();
        assertThat(tuned.tuning().way(Alternative.PREFILL_BF16)).contains(Way.F32);
        assertThat(tuned.origin()).isEqualTo("pinned by " + file);
        assertThat(store(folder).tuned(new TuningChoice.Fixed(), text(Isa.VNNI)))
                .isEqualTo(Tuned.FIXED);
    }

    @Test
    void aPinnedFileThatDoesNotFitIsRefusedInOneSentence() throws IOException {
        refused(
                GOOD.replace("143", "144"),
                "line 2 is \"cpu FakeVendor-6-144-8\", expected \"cpu FakeVendor-6-143-8\"");
        refused(GOOD.replace("VNNI", "AMX"), "line 3 is \"level AMX\", expected \"level VNNI\"");
        refused(GOOD.replace("tuning 1", "tuning 2"), "line 1");
        refused(GOOD.replace(" BF16 ", " TILES "), "does not decide PREFILL_BF16");
        refused(GOOD.replace("=1700", "=17e0"), "does not decide PREFILL_BF16");
        refused(GOOD.replace("end\n", ""), "line 5 is nothing, expected \"end\"");
        refused(GOOD + "more\n", "it has 6 lines");
        Path missing = folder.resolve("missing.txt");
        assertThatThrownBy(() -> store(folder).tuned(new TuningChoice.Pinned(missing), text(Isa.VNNI)))
                .isInstanceOf(OptionException.class)
                .hasMessage("tuning file " + missing + " cannot be read: it does not exist");
    }

    private void refused(String content, String why) throws IOException {
        Path file = Files.writeString(folder.resolve("pinned.txt"), content);
        assertThatThrownBy(() -> store(folder).tuned(new TuningChoice.Pinned(file), text(Isa.VNNI)))
                .isInstanceOf(OptionException.class)
                .hasMessageStartingWith("tuning file " + file + " does not fit: ")
                .hasMessageContaining(why);
    }

    /// Any text is a tuning or one [FormatException]; and what is read says the same when written again.
    @Test
    void anyDamageIsFoundOrHarmless() {
        SplittableRandom random = new SplittableRandom(11);
        TuningText text = text(Isa.VNNI);
        assertThat(text.write(text.read(GOOD))).isEqualTo(GOOD);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = GOOD.getBytes(StandardCharsets.US_ASCII);
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
            }
            String damaged = new String(
                    bytes, 0, bytes.length - random.nextInt(2) * random.nextInt(90), StandardCharsets.US_ASCII);
            try {
                Tuning tuning = text.read(damaged);
                assertThat(text.read(text.write(tuning))).isEqualTo(tuning);
            } catch (FormatException refused) {
                assertThat(refused).hasMessageMatching("(?s).{10,300}");
            }
        }
    }

    @Test
    void aLevelWithoutAlternativesHasNothingToMeasure() {
        TuningText text = new TuningText(new Cpu.Model("FakeVendor", 6, 143, 8), Isa.AVX2, List.of());
        assertThat(store(folder).tuned(MEASURED, text).tuning()).isEqualTo(Tuning.NONE);
        assertThat(folder).isEmptyDirectory();
    }

    private TuningStore store(Path cache) {
        return new TuningStore(Optional.of(cache), measurement());
    }

    private SelfMeasurement measurement() {
        return new SelfMeasurement(() -> now);
    }

    private TuningText text(Isa isa) {
        Contest contest = new Contest(
                Alternative.PREFILL_BF16,
                Map.of(Way.F32, arena -> () -> work(20_000), Way.BF16, arena -> () -> work(10_000)));
        return new TuningText(new Cpu.Model("FakeVendor", 6, 143, 8), isa, List.of(contest));
    }

    private void work(long nanos) {
        runs++;
        now += nanos;
    }
}
