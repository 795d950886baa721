package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The finished `vivace.jar`, run as a user would. It runs after packaging, so not with `mvn test`.
class JarTest {
    private static final long MOST_BYTES = 16L << 20;

    private final Path jar = TestData.root().resolve("cli/target/vivace.jar");

    @Test
    void runs_without_flags_and_without_a_warning(@TempDir Path folder) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(java, "-jar", jar.toString(), "--version")
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(err)).isEmpty();
        assertThat(Files.readString(out)).startsWith("vivace 0.").contains("Java " + Runtime.version());
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void is_lean_and_holds_no_native_library_and_no_foreign_signature() throws Exception {
        assertThat(Files.size(jar)).isLessThan(MOST_BYTES);
        try (var file = new JarFile(jar.toFile())) {
            List<String> names = file.stream().map(entry -> entry.getName()).toList();
            assertThat(names)
                    .contains("dev/vivace/cli/Main.class", "dev/vivace/VivaceException.class", "META-INF/LICENSE");
            assertThat(names).doesNotHaveDuplicates();
            assertThat(names).noneMatch(name -> name.matches(".*\\.(so|dll|dylib|jnilib|SF|RSA|DSA)"));
            assertThat(names).noneMatch(name -> name.endsWith("module-info.class"));
            assertThat(file.getManifest().getMainAttributes().getValue("Enable-Native-Access"))
                    .isEqualTo("ALL-UNNAMED");
        }
    }
}
