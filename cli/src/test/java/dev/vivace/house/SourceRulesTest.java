package dev.vivace.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.house.SourceRules.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every rule sees an offender that was planted for it, and nothing in code that is as it should be.
class SourceRulesTest {
    private static final String GOOD = """
            package p;

            /// A pair.
            ///
            /// @param left the first
            /// @param right the second
            public record Pair(int left, int right) {
                /// The empty pair.
                public static final Pair EMPTY = new Pair(0, 0);

                /// Checks the order.
                public Pair {
                    assert left <= right;
                }

                /// How to order.
                public enum Order {
                    /// Up.
                    UP
                }

                /// Something with a name.
                public interface Named {
                    /// The name.
                    String name();
                }

                @Override
                public String toString() {
                    return left + " " + right + System.getProperty("os.name");
                }

                int hidden() {
                    return new Object() {
                        public int undocumentedInside = 1;
                    }.undocumentedInside;
                }
            }
            """;

    @Test
    void good_code_has_no_breach() {
        assertThat(SourceRules.check("Pair.java", GOOD, Kind.ENGINE)).isEmpty();
    }

    static Stream<Arguments> offenders() {
        String documented = "/// Documented.\n";
        return Stream.of(
                Arguments.of("Offender is not documented", "public class Offender {}"),
                Arguments.of("Offender is not documented", "/* No Javadoc. */ public class Offender {}"),
                Arguments.of("work is not documented", documented + "public class A { public void work() {} }"),
                Arguments.of("work is not documented", documented + "public class A { protected void work() {} }"),
                Arguments.of("<init> is not documented", documented + "public class A { public A(int x) {} }"),
                Arguments.of("work is not documented", documented + "public interface A { void work(); }"),
                Arguments.of(
                        "SIZE is not documented", documented + "public class A { public static final int SIZE = 1; }"),
                Arguments.of("UP is not documented", documented + "public enum A { UP }"),
                Arguments.of("B is not documented", documented + "public class A { public static class B {} }"),
                Arguments.of(
                        "no @param for the record component right",
                        documented + "///\n/// @param left one\npublic record A(int left, int right) {}"),
                Arguments.of("the accessor getSize starts with get", "class A { int getSize() { return 1; } }"),
                Arguments.of("the static field count is not final", "class A { static int count; }"),
                Arguments.of("reads a setting below main", "class A { Object a = System.getenv(\"PATH\"); }"),
                Arguments.of("reads a setting below main", "class A { Object a = System.getProperty(\"vivace.x\"); }"),
                Arguments.of("reads a setting below main", "class A { boolean a = Boolean.getBoolean(\"vivace.x\"); }"),
                Arguments.of("says nothing", "class ModelImpl {}"),
                Arguments.of("says nothing", "class ModelManager {}"),
                Arguments.of("says nothing", "class A { static class TensorUtils {} }"),
                Arguments.of("says nothing", "interface ModelHelper {}"),
                Arguments.of("run has 61 lines", "class A {\nvoid run() {" + "\n".repeat(60) + "}\n}"),
                Arguments.of("501 lines", "class A {" + "\n".repeat(500) + "}"),
                Arguments.of("121 characters wide", "// " + "x".repeat(118)),
                Arguments.of("unfinished", "// TO" + "DO later"));
    }

    @ParameterizedTest
    @MethodSource("offenders")
    void an_offender_is_named(String breach, String source) {
        List<String> breaches = SourceRules.check("Offender.java", source, Kind.ENGINE);
        assertThat(breaches)
                .singleElement()
                .asString()
                .contains("Offender.java:")
                .contains(breach);
    }

    @Test
    void a_package_without_documentation_is_named() {
        assertThat(SourceRules.check("package-info.java", "package p;", Kind.ENGINE))
                .containsExactly("package-info.java:1: the package is not documented");
        assertThat(SourceRules.check("package-info.java", "/// A package.\npackage p;", Kind.ENGINE))
                .isEmpty();
    }

    @Test
    void a_folder_without_package_info_is_named(@TempDir Path sources) throws IOException {
        Path folder = Files.createDirectories(sources.resolve("p/q"));
        Files.writeString(folder.resolve("A.java"), "class A {}");
        assertThat(SourceRules.foldersWithoutPackageInfo(sources))
                .singleElement()
                .asString()
                .contains("q: no package-info");
        Files.writeString(folder.resolve("package-info.java"), "/// A package.\npackage p.q;");
        assertThat(SourceRules.foldersWithoutPackageInfo(sources)).isEmpty();
    }

    @Test
    void tests_need_no_documentation_and_may_be_longer_but_not_without_end() {
        assertThat(SourceRules.check("ATest.java", "public class ATest {" + "\n".repeat(598) + "}", Kind.TEST))
                .isEmpty();
        assertThat(SourceRules.check("ATest.java", "public class ATest {" + "\n".repeat(600) + "}", Kind.TEST))
                .containsExactly("ATest.java: 601 lines, at most 600");
    }

    @Test
    void only_the_command_line_reads_settings() {
        String source = "class A { Object a = System.getenv(\"VIVACE_MODEL\"); }";
        assertThat(SourceRules.check("A.java", source, Kind.COMMAND_LINE)).isEmpty();
        assertThat(SourceRules.check("A.java", source, Kind.ENGINE)).hasSize(1);
    }

    @Test
    void an_enum_of_a_hundred_constants_is_a_table_documented_as_a_whole() {
        assertThat(SourceRules.check("Table.java", table(100), Kind.ENGINE)).isEmpty();
        assertThat(SourceRules.check("Table.java", table(99), Kind.ENGINE)).hasSize(99);
    }

    private static String table(int lines) {
        return "package a;\n\n/// A table.\npublic enum Table {\n"
                + IntStream.range(0, lines).mapToObj(i -> "    LINE" + i).collect(Collectors.joining(",\n")) + "\n}\n";
    }
}
