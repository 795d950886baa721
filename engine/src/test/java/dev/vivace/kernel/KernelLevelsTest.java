package dev.vivace.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.TestLevels;
import dev.vivace.kernel.x86.Machine;
import dev.vivace.kernel.x86.Machine.Obstacle;
import dev.vivace.kernel.x86.X86Levels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    @Test
    void everyLevelIsACeiling() {
        for (Isa ceiling : Isa.values()) {
            KernelLevels.Choice choice = best(ceiling, everything());
            assertThat(choice.kernels().isa()).isEqualTo(ceiling);
            assertThat(choice.slower()).isFalse();
        }
        assertThat(best(Isa.AMX, everything()).reason()).isEqualTo("Running on emitted AMX code.");
    }

    @Test
    void takesTheNextLevelWhereTheProcessorLacksOne() {
        FakeMachine older = new FakeMachine(Optional.empty(), FakeMachine.cpu(Isa.AVX512), Optional.empty());
        assertThat(best(Isa.AMX, older).kernels().isa()).isEqualTo(Isa.AVX512);
        assertThat(best(Isa.AMX, older).slower()).isFalse();
        assertThat(best(Isa.AVX2, older).kernels().isa()).isEqualTo(Isa.AVX2);
    }

    @Test
    void runsOnTheVectorApiWithoutAvx2() {
        FakeMachine oldest = new FakeMachine(Optional.empty(), FakeMachine.cpu(Isa.VECTOR), Optional.empty());
        KernelLevels.Choice choice = best(Isa.AMX, oldest);
        assertThat(choice.kernels().isa()).isEqualTo(Isa.VECTOR);
        assertThat(choice.reason()).isEqualTo("Running on the Vector API: the processor has no AVX2 with FMA.");
        assertThat(choice.slower()).isFalse();
    }

    @Test
    void namesDeniedExecutableMemoryOnceAndRunsOnTheVectorApi() {
        Optional<Obstacle> denied = Optional.of(new Obstacle("the system forbids executable memory", true));
        KernelLevels.Choice choice = best(Isa.AMX, new FakeMachine(denied, FakeMachine.cpu(Isa.AMX), Optional.empty()));
        assertThat(choice.kernels().isa()).isEqualTo(Isa.VECTOR);
        assertThat(choice.reason()).isEqualTo("Running on the Vector API: the system forbids executable memory.");
        assertThat(choice.slower()).isTrue();
    }

    @Test
    void namesDeniedTilesAndRunsOnTheNextLevel() {
        Optional<Obstacle> denied = Optional.of(new Obstacle("the system denies this process the tiles of AMX", true));
        FakeMachine machine = new FakeMachine(Optional.empty(), FakeMachine.cpu(Isa.AMX), denied);
        KernelLevels.Choice choice = best(Isa.AMX, machine);
        assertThat(choice.kernels().isa()).isEqualTo(Isa.VNNI);
        assertThat(choice.reason())
                .isEqualTo("Running on emitted VNNI code: the system denies this process the tiles of AMX.");
        assertThat(choice.slower()).isTrue();
        assertThat(best(Isa.VNNI, machine).slower())
                .as("nobody asked for tiles")
                .isFalse();
    }

    @Test
    void anotherArchitectureOrSystemIsToldApartAndNothingNativeIsTried() {
        assertThat(best(Isa.AMX, Machine.on("Linux", "aarch64")).reason())
                .isEqualTo("Running on the Vector API: machine code is emitted for x86-64, this is aarch64.");
        assertThat(best(Isa.AMX, Machine.on("Mac OS X", "x86_64")).reason())
                .isEqualTo("Running on the Vector API: machine code is emitted on Linux, this is Mac OS X.");
        assertThat(best(Isa.AMX, Machine.on("Windows 11", "amd64")).reason()).contains("this is Windows 11");
    }

    @Test
    void thisMachineRunsWhatItSaysItRuns() {
        Isa ceiling = TestLevels.ceiling();
        KernelLevels.Choice choice = KernelLevels.best(ceiling);
        CpuReport report = CpuReport.of(ceiling, new TuningChoice.Fixed(), Optional.empty());
        assertThat(report.choice().reason()).isEqualTo(choice.reason());
        Isa highest = report.levels().stream()
                .filter(level -> level.obstacle().isEmpty() && level.isa().compareTo(ceiling) <= 0)
                .map(CpuReport.Level::isa)
                .max(Isa::compareTo)
                .orElseThrow();
        assertThat(choice.kernels().isa()).isEqualTo(highest);
    }

    @Test
    void reportsWhyLevelsAreMissing() {
        Optional<Obstacle> denied = Optional.of(new Obstacle("denied", true));
        CpuReport report = CpuReport.of(
                Isa.AMX,
                new TuningChoice.Measured(),
                Optional.empty(),
                new X86Levels(new FakeMachine(Optional.empty(), FakeMachine.cpu(Isa.AMX), denied)));
        assertThat(report.processor()).isEqualTo("Fake");
        assertThat(report.model()).contains("FakeVendor-6-143-8");
        assertThat(report.tiles()).isEqualTo("denied");
        assertThat(report.levels().getLast().obstacle()).contains("denied");
        assertThat(report.levels().getFirst().obstacle()).isEmpty();
        assertThat(report.choice().kernels().isa()).isEqualTo(Isa.VNNI);
        assertThat(report.cacheBytes()).containsExactly(48L << 10, 2L << 20, 32L << 20);
        CpuReport other = CpuReport.of(
                Isa.AMX, new TuningChoice.Measured(), Optional.empty(), new X86Levels(Machine.on("Linux", "riscv64")));
        assertThat(other.model()).isEmpty();
        assertThat(other.tiles()).isEqualTo("not there");
        assertThat(other.levels().getLast().obstacle().orElseThrow()).contains("riscv64");
    }

    @Test
    void saysSoWhenJavaForbidsNativeAccess() throws IOException, InterruptedException {
        assertThat(probe(Isa.AMX, "--add-modules", "jdk.incubator.vector", "--illegal-native-access=deny"))
                .isEqualTo(supported("VECTOR true Running on the Vector API: Java forbids native access; start it with "
                        + "--enable-native-access=ALL-UNNAMED."));
    }

    /// What a machine that emits code would say, on one that does not: what it says of itself.
    private static String supported(String expected) {
        Optional<Obstacle> obstacle = Machine.here().obstacle();
        return obstacle.isEmpty() || obstacle.get().removable()
                ? expected
                : "VECTOR false Running on the Vector API: " + obstacle.get().reason() + ".";
    }

    private static FakeMachine everything() {
        return new FakeMachine(Optional.empty(), FakeMachine.cpu(Isa.AMX), Optional.empty());
    }

    private static KernelLevels.Choice best(Isa ceiling, Machine machine) {
        return KernelLevels.best(ceiling, new TuningChoice.Fixed(), Optional.empty(), new X86Levels(machine));
    }

    /// In a Java without the module: nothing may link to it, and the flag that helps is named.
    @Test
    void runsOnPlainLoopsWithoutTheModule() throws IOException, InterruptedException {
        assertThat(probe(Isa.VECTOR))
                .isEqualTo("SCALAR true Running on plain loops; start Java with --add-modules "
                        + "jdk.incubator.vector to run several times faster.");
    }

    @Test
    void saysSoWhenVectorsAreTooShort() throws IOException, InterruptedException {
        assertThat(probe(Isa.VECTOR, "--add-modules", "jdk.incubator.vector", "-XX:MaxVectorSize=8"))
                .startsWith("SCALAR false Running on plain loops: vectors of 2 f32 are too short");
    }

    /// Run by the tests above in another Java.
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) {
            KernelLevels.Choice choice = KernelLevels.best(Isa.valueOf(args[0]));
            System.out.println(choice.kernels().isa() + " " + choice.slower() + " " + choice.reason());
        }
    }

    private static String probe(Isa ceiling, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName(), ceiling.name()));
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
