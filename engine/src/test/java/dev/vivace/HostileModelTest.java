package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged and lying model files, from the file to the answer: each is refused in one sentence or runs, soon, in little
/// memory, and leaves nothing behind. They run in a Java machine of their own, which may not crash either.
class HostileModelTest {
    private static final int QUICK = 300;
    private static final int FULL = 10_000;

    /// Compiled code and classes grow by less; one leaked buffer a model would grow beyond.
    private static final long MOST_GROWTH_BYTES = 64L << 20;

    private static final Pattern REPORT =
            Pattern.compile("REFUSED=(\\d+) LOADED=(\\d+) ANSWERED=(\\d+) grown=(-?\\d+)\\R");

    @Test
    void hostileFilesAreRefusedInASentenceOrRun(@TempDir Path folder) throws Exception {
        int count = TestData.full() ? FULL : QUICK;
        List<String> arguments = List.of(
                "-XX:+UseSerialGC",
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-ea",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                HostileModels.class.getName(),
                folder.toString(),
                "0",
                String.valueOf(count));
        ChildJava child = ChildJava.run(folder, 120 + count / 5, arguments);
        assertThat(child.err()).isEmpty();
        assertThat(child.status()).isZero();
        Matcher report = REPORT.matcher(child.out());
        assertThat(report.matches()).as(child.out()).isTrue();
        // All three must occur, or the mutations miss their aim.
        for (int outcome = 1; outcome <= 3; outcome++) {
            assertThat(Integer.parseInt(report.group(outcome))).as(child.out()).isGreaterThan(count / 100);
        }
        assertThat(Long.parseLong(report.group(4))).as("bytes grown").isLessThan(MOST_GROWTH_BYTES);
    }
}
