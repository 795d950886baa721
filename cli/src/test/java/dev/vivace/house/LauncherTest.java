package dev.vivace.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vivace.house.FakeProject.Outcome;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `./vivace` does, seen from outside: which JDK it takes, when it builds, what it prints and how it ends.
class LauncherTest {
    @TempDir
    Path folder;

    private FakeProject project;

    @BeforeEach
    void layProject() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "the launcher needs bash");
        project = new FakeProject(folder);
    }

    @Test
    void builds_once_then_runs_what_was_asked() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25.0.3");
        project.mavenThatBuilds();
        Outcome first = project.run(Map.of(), "run", "Once upon");
        assertThat(first.out()).isEqualTo("java 25.0.3: run Once upon\n");
        assertThat(first.err())
                .contains("building Vivace (once, about a minute)…")
                .contains("something real");
        assertThat(first.status()).isEqualTo(7);

        Outcome second = project.run(Map.of("VIVACE_ISA", "vector"), "run", "again");
        assertThat(second.err()).isEqualTo("something real\n");
        assertThat(project.mavenCalls())
                .singleElement()
                .asString()
                .contains("package")
                .contains("-Dquick");
    }

    @Test
    void builds_again_when_a_source_or_a_build_file_changed_and_not_for_the_benchmarks() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        project.mavenThatBuilds();
        project.run(Map.of());
        age();
        Files.setLastModifiedTime(project.root.resolve("bench/src/main/java/C.java"), FileTime.from(Instant.now()));
        assertThat(project.run(Map.of()).err()).doesNotContain("building");

        project.write("engine/src/main/java/A.java", "class A { int changed; }");
        assertThat(project.run(Map.of()).err()).contains("building Vivace (sources changed)…");
        age();
        project.write("cli/pom.xml", "<project><!-- changed --></project>");
        project.run(Map.of());
        age();
        Files.delete(project.root.resolve("cli/src/main/java/B.java"));
        project.run(Map.of());
        assertThat(project.mavenCalls()).hasSize(4);
    }

    @Test
    void two_first_runs_at_once_build_once() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        project.maven("sleep 1; mkdir -p cli/target && echo jar >cli/target/vivace.jar");
        Process one = project.start(Map.of(), "one");
        Process two = project.start(Map.of(), "two");
        assertThat(project.finish(one).out()).contains("one");
        assertThat(project.finish(two).out()).contains("two");
        assertThat(project.mavenCalls()).hasSize(1);
    }

    @Test
    void a_failed_build_shows_its_errors_and_where_the_log_is() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        project.maven("echo '[ERROR] A.java:[1,1] wrong'; exit 1");
        Outcome outcome = project.run(Map.of(), "run");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .contains("[ERROR] A.java:[1,1] wrong")
                .contains("target/build.log")
                .doesNotContain("chatter");
        project.mavenThatBuilds();
        assertThat(project.run(Map.of(), "run").status()).isEqualTo(7);
    }

    @Test
    void takes_JAVA_HOME_then_the_path_then_the_usual_folders() throws Exception {
        project.mavenThatBuilds();
        Path named = project.jdk(folder.resolve("named jdk"), "26-ea");
        Path old = project.jdk(folder.resolve("old"), "17.0.15");
        project.jdk(project.jdks.resolve("a-old"), "1.8.0_402");
        project.jdk(project.jdks.resolve("installed"), "25.0.1");
        assertThat(project.run(Map.of("JAVA_HOME", named.toString())).out()).contains("java 26-ea");
        assertThat(project.run(Map.of("JAVA_HOME", old.toString())).out()).contains("java 25.0.1");

        Path onPath = project.jdk(folder.resolve("on path"), "25.0.2");
        Files.createSymbolicLink(project.bin.resolve("javac"), onPath.resolve("bin/javac"));
        assertThat(project.run(Map.of("JAVA_HOME", old.toString())).out()).contains("java 25.0.2");
        assertThat(project.mavenCalls()).singleElement().asString().startsWith(named.toString());
    }

    @Test
    void says_in_one_sentence_that_no_JDK_fits() throws Exception {
        project.mavenThatBuilds();
        project.jdk(project.jdks.resolve("old"), "17.0.15");
        Outcome outcome = project.run(Map.of(), "run");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err().lines())
                .singleElement()
                .asString()
                .startsWith("vivace: no JDK 25 or newer found (17 in ")
                .endsWith("set JAVA_HOME to its folder");
    }

    @Test
    void says_in_one_sentence_that_Maven_is_missing_but_only_when_it_is_needed() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        Outcome outcome = project.run(Map.of(), "run");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err().lines()).singleElement().asString().contains("Maven (mvn) is needed to build");
        project.mavenThatBuilds();
        project.run(Map.of(), "run");
        Files.delete(project.bin.resolve("mvn"));
        assertThat(project.run(Map.of(), "run").status()).isEqualTo(7);
    }

    @Test
    void starts_from_a_cache_that_is_made_once_for_each_jar_and_JDK() throws Exception {
        assumeTrue(emits(), "caches are used where machine code is emitted");
        Path jdk = project.jdk(folder.resolve("one"), "25");
        Path other = project.jdk(folder.resolve("other"), "25");
        Map<String, String> here = Map.of("JAVA_HOME", jdk.toString());
        project.mavenThatBuilds();
        Outcome first = project.run(here, "run", "x");
        assertThat(first.err()).contains("preparing quick starts…").contains("from cache");
        Outcome second = project.run(here, "run", "x");
        assertThat(second.err()).isEqualTo("from cache\nsomething real\n");
        assertThat(second.out()).isEqualTo("java 25: run x\n");
        assertThat(FakeProject.cachesMade(jdk)).singleElement().asString().startsWith("rehearse");

        project.run(Map.of("JAVA_HOME", other.toString()), "run", "x");
        assertThat(FakeProject.cachesMade(other)).hasSize(1);
        project.run(here, "run", "x");
        assertThat(FakeProject.cachesMade(jdk)).hasSize(2);
        age();
        project.write("engine/src/main/java/A.java", "class A { int changed; }");
        project.run(here, "run", "x");
        assertThat(FakeProject.cachesMade(jdk)).hasSize(3);
    }

    @Test
    void runs_without_a_cache_where_none_can_be_made_and_tries_once() throws Exception {
        assumeTrue(emits(), "caches are used where machine code is emitted");
        Path jdk = project.jdk(project.jdks.resolve("jdk"), "25");
        Files.createFile(jdk.resolve("bin/no-cache"));
        project.mavenThatBuilds();
        for (int i = 0; i < 2; i++) {
            Outcome outcome = project.run(Map.of(), "run", "x");
            assertThat(outcome.out()).isEqualTo("java 25: run x\n");
            assertThat(outcome.err()).endsWith("something real\n").doesNotContain("from cache");
        }
        assertThat(FakeProject.cachesMade(jdk)).hasSize(1);
    }

    @Test
    void adds_the_vector_module_where_a_level_is_asked_for() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        project.mavenThatBuilds();
        project.run(Map.of());
        assertThat(project.run(Map.of("VIVACE_ISA", "vector"), "run", "x").err())
                .isEqualTo("something real\n");
        assertThat(project.run(Map.of(), "run", "--isa=vector").err()).isEqualTo("something real\n");
        assertThat(project.run(Map.of(), "inspect", "--cpu").err()).isEqualTo("something real\n");
        String module = "--add-modules jdk.incubator.vector";
        assertThat(project.run(Map.of("VIVACE_JAVA_OPTS", module), "run", "x").err())
                .isEqualTo("something real\n");
    }

    /// Whether this is Linux on x86-64 with AVX2, as the launcher finds out.
    private static boolean emits() throws IOException {
        Path cpu = Path.of("/proc/cpuinfo");
        return System.getProperty("os.arch").equals("amd64")
                && Files.isReadable(cpu)
                && Files.readString(cpu).contains(" avx2 ");
    }

    @Test
    void works_through_a_link() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        project.mavenThatBuilds();
        Path link = Files.createSymbolicLink(project.bin.resolve("vivace"), project.root.resolve("vivace"));
        var builder = new ProcessBuilder(link.toString(), "inspect").directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", project.bin.toString());
        assertThat(project.finish(builder.start()).out()).contains("inspect");
    }

    @Test
    void test_ends_with_the_skips_and_the_totals_of_all_modules() throws Exception {
        Outcome outcome = suite(
                "0",
                "<testcase classname='a.FooTest' name='works'/>",
                "<testcase classname='b.BarTest' name='needs'><skipped"
                        + " message='Assumption failed: skipped: no model x.gguf (set VIVACE_MODELS)'/></testcase>");
        assertThat(outcome.out().lines().toList())
                .endsWith(
                        "[INFO] skipped tests: 1, because",
                        "[INFO]      1  no model x.gguf (set VIVACE_MODELS)",
                        "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 1");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void test_fails_when_a_test_failed_or_broke_or_when_Maven_did() throws Exception {
        String good = "<testcase classname='a.FooTest' name='works'/>";
        String failed =
                "<testcase classname='b.BarTest' name='adds'><failure message='1 is not 2'>at</failure></testcase>";
        Outcome outcome = suite("0", good, failed);
        assertThat(outcome.out())
                .contains("[ERROR] b.BarTest.adds: 1 is not 2")
                .endsWith("[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0\n");
        assertThat(outcome.status()).isEqualTo(1);

        String broken = "<testcase classname='b.BarTest' name='adds'><error message='oh'/></testcase>";
        assertThat(suite("0", good, broken).status()).isEqualTo(1);
        assertThat(suite("3", good, good).status()).isEqualTo(1);
    }

    @Test
    void test_fails_when_none_ran_and_forgets_earlier_reports() throws Exception {
        String report = "<testsuite><testcase classname='a.FooTest' name='works'/></testsuite>";
        project.write("engine/target/surefire-reports/TEST-old.xml", report);
        project.jdk(project.jdks.resolve("jdk"), "25");
        project.maven("");
        Outcome outcome = project.run(Map.of(), "test");
        assertThat(outcome.out()).contains("no test ran");
        assertThat(outcome.status()).isEqualTo(1);
    }

    @Test
    void test_hands_its_arguments_to_Maven() throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        project.maven("");
        project.run(Map.of(), "test", "--full", "-pl", "engine", "-Dtest=FooTest");
        assertThat(project.mavenCalls())
                .singleElement()
                .asString()
                .contains("-Dvivace.full=true -pl engine -Dtest=FooTest -Dsurefire.failIfNoSpecifiedTests=false verify")
                .doesNotContain("-Dquick");
    }

    private Outcome suite(String mavenStatus, String engineCase, String cliCase) throws Exception {
        project.jdk(project.jdks.resolve("jdk"), "25");
        String reports = "target/surefire-reports";
        project.maven("""
                mkdir -p engine/%1$s cli/%1$s
                echo "<testsuite>%2$s</testsuite>" >engine/%1$s/TEST-a.xml
                echo "<testsuite>%3$s</testsuite>" >cli/%1$s/TEST-b.xml
                exit %4$s
                """.formatted(reports, engineCase, cliCase, mavenStatus));
        return project.run(Map.of(), "test");
    }

    /// Makes the last build an hour older, and everything else with it, so that only what comes now is newer.
    private void age() throws IOException {
        FileTime hourAgo = FileTime.from(Instant.now().minusSeconds(3600));
        try (var files = Files.walk(project.root)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, hourAgo);
            }
        }
    }
}
