package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.CancelledException;
import dev.vivace.CapacityException;
import dev.vivace.OptionException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @Test
    void help_names_the_commands_and_the_environment() {
        Outcome help = Outcome.of("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("inspect", "completion", "VIVACE_MODEL", "Exit codes");
        assertThat(help.err()).isEmpty();
    }

    @Test
    void every_command_explains_itself_and_tells_the_version() {
        for (String command : VivaceCommand.over(console(new ByteArrayOutputStream(), Map.of()))
                .getSubcommands()
                .keySet()) {
            Outcome help = Outcome.of(command, "--help");
            assertThat(help.code()).as(command).isZero();
            assertThat(help.out()).startsWith("Usage: vivace " + command);
            Outcome version = Outcome.of(command, "--version");
            assertThat(version.code()).as(command).isZero();
            assertThat(version.out()).startsWith("vivace ").contains("Java ");
        }
    }

    @Test
    void no_command_shows_the_help_and_counts_as_wrong_usage() {
        Outcome none = Outcome.of();
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.out()).contains("Usage: vivace");
    }

    @Test
    void wrong_usage_gets_a_sentence_and_the_way_to_the_help() {
        Outcome unknown = Outcome.of("inspect", "--tensor");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err())
                .startsWith("vivace: Unknown option: '--tensor'")
                .contains("--tensors")
                .endsWith("usage: vivace inspect --help" + System.lineSeparator());
        Outcome command = Outcome.of("inspct");
        assertThat(command.code()).isEqualTo(2);
        assertThat(command.err()).contains("inspct").contains("inspect");
    }

    @Test
    void each_failure_is_one_line_with_its_exit_code() {
        assertFailure(new OptionException("bad option"), 2, "vivace: bad option");
        assertFailure(new CapacityException("too large\n\u001b[31m"), 1, "vivace: too large\uFFFD\uFFFD[31m");
        assertFailure(new CancelledException("stopped"), 130, "vivace: stopped");
        assertFailure(
                new IllegalStateException("odd"),
                1,
                "vivace: unexpected error, a defect of Vivace: "
                        + "IllegalStateException: odd; set VIVACE_DEBUG=1 to see where");
    }

    private static void assertFailure(Throwable failure, int code, String line) {
        var err = new ByteArrayOutputStream();
        assertThat(new Failures(console(err, Map.of())).report(failure)).isEqualTo(code);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).containsExactly(line);
    }

    @Test
    void debug_shows_where_a_failure_came_from() {
        var err = new ByteArrayOutputStream();
        new Failures(console(err, Map.of("VIVACE_DEBUG", "1"))).report(new OptionException("bad"));
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("at dev.vivace.cli.MainTest")
                .endsWith("vivace: bad" + System.lineSeparator());
    }

    @Test
    void completion_is_a_script_that_bash_reads(@TempDir Path folder) throws Exception {
        Outcome script = Outcome.of("completion");
        assertThat(script.code()).isZero();
        Path file = java.nio.file.Files.writeString(folder.resolve("completion.bash"), script.out());
        String probe =
                "source " + file + " && COMP_WORDS=(vivace ins) COMP_CWORD=1 COMP_LINE='vivace ins' COMP_POINT=10;"
                        + " _complete_vivace && printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash", "-c", probe)
                .redirectErrorStream(true)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said.strip()).isEqualTo("inspect");
    }

    @Test
    void arguments_that_java_could_not_read_are_read_again() {
        byte[] commandLine = "java\0-jar\0vivace.jar\0run\0caf\u00e9 \ud83d\ude00\0".getBytes(StandardCharsets.UTF_8);
        assertThat(RawArguments.restore(new String[] {"run", "caf\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd"}, commandLine))
                .containsExactly("run", "caf\u00e9 \ud83d\ude00");
        assertThat(RawArguments.restore(new String[] {"chat", "\ufffd"}, commandLine))
                .containsExactly("chat", "\ufffd");
        assertThat(RawArguments.restore(new String[] {"a", "b", "c", "d", "e", "\ufffd"}, commandLine))
                .endsWith("\ufffd");
    }

    private static Console console(ByteArrayOutputStream err, Map<String, String> environment) {
        return new Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                false);
    }
}
