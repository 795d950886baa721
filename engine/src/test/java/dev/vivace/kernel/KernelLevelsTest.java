package dev.vivace.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KernelLevelsTest {
    @Test
    void takesTheVectorsWhereTheModuleIs() {
        KernelLevels.Choice choice = KernelLevels.best(Isa.VECTOR);
        assertThat(choice.kernels().isa()).isEqualTo(Isa.VECTOR);
        assertThat(choice.slower()).isFalse();
        assertThat(choice.reason()).contains("Vector API");
    }

    @Test
    void staysBelowTheCeiling() {
        KernelLevels.Choice choice = KernelLevels.best(Isa.SCALAR);
        assertThat(choice.kernels().isa()).isEqualTo(Isa.SCALAR);
        assertThat(choice.slower()).isFalse();
        assertThat(choice.reason()).contains("plain loops");
    }

    /// In a Java without the module: nothing may link to it, and the flag that helps is named.
    @Test
    void runsOnPlainLoopsWithoutTheModule() throws IOException, InterruptedException {
        assertThat(probe())
                .isEqualTo("SCALAR true Running on plain loops; start Java with --add-modules "
                        + "jdk.incubator.vector to run several times faster.");
    }

    @Test
    void saysSoWhenVectorsAreTooShort() throws IOException, InterruptedException {
        assertThat(probe("--add-modules", "jdk.incubator.vector", "-XX:MaxVectorSize=8"))
                .startsWith("SCALAR false Running on plain loops: vectors of 2 f32 are too short");
    }

    /// Run by the tests above in another Java.
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) {
            KernelLevels.Choice choice = KernelLevels.best(Isa.VECTOR);
            System.out.println(choice.kernels().isa() + " " + choice.slower() + " " + choice.reason());
        }
    }

    private static String probe(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
