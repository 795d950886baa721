package dev.vivace.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vivace.kernel.x86.Machine;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// In a process for which Linux really refuses to make memory executable.
class HardenedSystemTest {
    private static final int SET_MEMORY_DENY_WRITE_EXECUTE = 65;

    @Test
    void deniedExecutableMemoryIsNamedOnceAndTheNextLevelComputesTheSame() throws Exception {
        assumeTrue(Machine.here().obstacle().isEmpty(), "skipped: no code is emitted on this machine");
        String said = probe("--add-modules", "jdk.incubator.vector");
        assumeTrue(!said.equals("older"), "skipped: Linux before 6.3 cannot be told to forbid executable memory");
        assertThat(said)
                .isEqualTo("VECTOR true Running on the Vector API: the system forbids executable memory. "
                        + product(KernelLevels.best(Isa.VECTOR).kernels()));
        assertThat(probe())
                .startsWith(
                        "SCALAR true Running on plain loops: the system forbids executable memory; start Java with");
    }

    /// Run by the test above in another Java.
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws Throwable {
            MethodHandle prctl = Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("prctl"),
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                            Linker.Option.firstVariadicArg(1));
            if ((int) prctl.invokeExact(SET_MEMORY_DENY_WRITE_EXECUTE, 1L, 0L, 0L, 0L) != 0) {
                System.out.println("older");
                return;
            }
            KernelLevels.Choice choice = KernelLevels.best(Isa.AMX);
            System.out.println(choice.kernels().isa() + " " + choice.slower() + " " + choice.reason() + " "
                    + product(choice.kernels()));
        }
    }

    /// One product's bits.
    private static String product(Kernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            Weights weights = kernels.pack(Fixtures.weights(arena, DType.F32, 3, 64, 1), arena);
            Matrix x = Fixtures.matrix(arena, 2, 64, 2);
            Matrix y = Matrix.allocate(arena, 2, 3);
            MemorySegment scratch = Fixtures.scratch(arena, kernels, 64, 1);
            Inputs inputs = Fixtures.inputs(arena, kernels, weights, Phase.DECODE, x);
            kernels.multiply(weights, Phase.DECODE, inputs, 0, 2, y, 0, 3, scratch);
            List<Integer> bits = new ArrayList<>();
            for (int bit : Fixtures.bits(y)) {
                bits.add(bit);
            }
            return bits.toString();
        }
    }

    /// The code cache is taken whole at the start: the Java machine, too, could get no more of it.
    private static String probe(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(
                List.of("-XX:ReservedCodeCacheSize=48m", "-XX:InitialCodeCacheSize=48m", "-XX:TieredStopAtLevel=1"));
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
