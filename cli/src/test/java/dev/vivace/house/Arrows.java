package dev.vivace.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;

/// Which part of the house may use which, for the house whose packages start with `root`.
///
/// @param root the package of the front door
record Arrows(String root) {
    private static final String[] PLATFORM = {"java..", "jdk.incubator.vector..", "org.jspecify.."};

    ArchRule engineUsesTheJdkAlone() {
        return classes().that(engine()).should().onlyDependOnClassesThat(engine().or(resideInAnyPackage(PLATFORM)));
    }

    ArchRule labDoesNotKnowTheCommandLine() {
        return noClasses().that(in("lab")).should().dependOnClassesThat(in("cli"));
    }

    ArchRule kernelsKnowOnlyTensors() {
        return classes()
                .that(in("kernel"))
                .should()
                .onlyDependOnClassesThat(
                        in("kernel").or(in("tensor")).or(error()).or(resideInAnyPackage(PLATFORM)));
    }

    ArchRule tensorsKnowNothingElse() {
        return classes()
                .that(in("tensor"))
                .should()
                .onlyDependOnClassesThat(in("tensor").or(error()).or(resideInAnyPackage(PLATFORM)));
    }

    /// The front door's own package stands outside: it uses all parts, and its errors are used by all.
    ArchRule partsFormNoCycle() {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles();
    }

    ArchRule stateIsHandedOver() {
        return noClasses()
                .that(engine().or(in("lab")))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocal.class);
    }

    private DescribedPredicate<JavaClass> engine() {
        return resideInAPackage(root + "..")
                .and(not(in("lab")))
                .and(not(in("cli")))
                .as("engine");
    }

    private DescribedPredicate<JavaClass> in(String part) {
        return resideInAPackage(root + "." + part + "..");
    }

    private DescribedPredicate<JavaClass> error() {
        return describe(
                "the engine's errors",
                type -> type.getPackageName().startsWith("dev.vivace") && type.isAssignableTo(RuntimeException.class));
    }
}
