package dev.vivace.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.vivace.TestData;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Dependencies point one way. The small house in [dev.vivace.house.planted] breaks every rule once.
class ArrowsTest {
    private static final String PLANTED = "dev.vivace.house.planted";

    private static final JavaClasses PLANTED_HOUSE = new ClassFileImporter().importPackages(PLANTED);
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .importPaths(
                    Stream.of("engine", "lab", "cli").map(ArrowsTest::classes).toArray(Path[]::new));

    /// Where the build puts the classes of `module`: below the same folder of the module as for this one.
    private static Path classes(String module) {
        Path root = TestData.root();
        String target = System.getProperty("vivace.target");
        Path folder = target == null ? Path.of("target") : root.resolve("cli").relativize(Path.of(target));
        return root.resolve(module).resolve(folder).resolve("classes");
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("Engine", Arrows::engineUsesTheJdkAlone),
                rule("Meter", Arrows::labDoesNotKnowTheCommandLine),
                rule("Kernel", Arrows::kernelsKnowOnlyTensors),
                rule("Shape", Arrows::tensorsKnowNothingElse),
                rule("Cycle", Arrows::partsFormNoCycle),
                rule("Hidden", Arrows::stateIsHandedOver));
    }

    private static Arguments rule(String offender, Function<Arrows, ArchRule> rule) {
        return Arguments.of(offender, rule);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void what_we_ship_keeps_the_arrow(String offender, Function<Arrows, ArchRule> rule) {
        assertThat(List.of("dev.vivace.tensor", "dev.vivace.kernel", "dev.vivace.cli"))
                .allMatch(SHIPPED::containPackage);
        rule.apply(new Arrows("dev.vivace")).check(SHIPPED);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void a_planted_offender_is_found(String offender, Function<Arrows, ArchRule> rule) {
        assertThatThrownBy(() -> rule.apply(new Arrows(PLANTED)).check(PLANTED_HOUSE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(offender);
    }

    @Test
    void the_planted_house_is_there() {
        assertThat(PLANTED_HOUSE).hasSizeGreaterThan(5);
    }
}
