package dev.vivace.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.TestData;
import dev.vivace.house.SourceRules.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// All modules' sources keep the house rules. [SourceRulesTest] shows that each rule can fail.
class HouseTest {
    private final Path root = TestData.root();

    @Test
    void shipped_sources_keep_the_rules() throws IOException {
        var breaches = new ArrayList<String>();
        List<Path> files = sources("src/main/java");
        for (Path file : files) {
            Kind kind = file.startsWith(root.resolve("cli")) ? Kind.COMMAND_LINE : Kind.ENGINE;
            breaches.addAll(SourceRules.check(name(file), Files.readString(file), kind));
        }
        assertThat(files).hasSizeGreaterThan(20);
        assertThat(breaches).isEmpty();
    }

    @Test
    void test_sources_keep_the_rules() throws IOException {
        var breaches = new ArrayList<String>();
        List<Path> files = sources("src/test/java");
        for (Path file : files) {
            breaches.addAll(SourceRules.check(name(file), Files.readString(file), Kind.TEST));
        }
        assertThat(files).hasSizeGreaterThan(5);
        assertThat(breaches).isEmpty();
    }

    @Test
    void every_shipped_package_is_described() throws IOException {
        var breaches = new ArrayList<String>();
        for (Path module : modules()) {
            Path sources = module.resolve("src/main/java");
            if (Files.isDirectory(sources)) {
                breaches.addAll(SourceRules.foldersWithoutPackageInfo(sources));
            }
        }
        assertThat(breaches).isEmpty();
    }

    private List<Path> sources(String folder) throws IOException {
        var found = new ArrayList<Path>();
        for (Path module : modules()) {
            Path sources = module.resolve(folder);
            if (Files.isDirectory(sources)) {
                try (Stream<Path> files = Files.walk(sources)) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    private List<Path> modules() throws IOException {
        try (Stream<Path> children = Files.list(root)) {
            return children.filter(child -> Files.exists(child.resolve("pom.xml")))
                    .sorted()
                    .toList();
        }
    }

    private String name(Path file) {
        return root.relativize(file).toString();
    }
}
