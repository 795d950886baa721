package dev.vivace.bench.kernel;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.kernel.Weights;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What works on rows, on one thread: norm, rotation, gate, bringing inputs into the form of weights. All of it fits
/// the caches; the bytes counted are those of the rows read.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@SuppressWarnings("NullAway.Init") // JMH fills the parameters, then calls prepare
public class RowBenchmark {
    private static final int HEAD_DIM = 64;
    private static final float TOLERANCE = 1e-4f;

    /// The level of the kernels.
    @Param({"SCALAR", "VECTOR", "AVX2", "AVX512", "VNNI", "AMX"})
    public Isa isa;

    /// Columns of a row, a multiple of 64.
    @Param({"576", "1536"})
    public int columns;

    /// Rows: one of decode, a tile of prefill.
    @Param({"1", "16"})
    public int rows;

    /// The weights whose form of inputs is prepared.
    @Param("Q8_0")
    public DType format;

    private final Arena arena = Arena.ofAuto();
    private Kernels kernels;
    private Matrix x;
    private Matrix y;
    private Matrix rotated;
    private Matrix out;
    private Matrix cos;
    private Matrix sin;
    private Matrix weight;
    private Inputs decode;
    private Inputs prefill;
    private KernelRates.Work one;
    private KernelRates.Work two;

    /// Made by JMH.
    public RowBenchmark() {}

    /// Random rows; refuses to measure kernels that compute something else.
    @Setup
    public void prepare() {
        kernels = KernelRates.kernels(isa);
        SplittableRandom random = new SplittableRandom(5);
        x = random(random, rows, columns);
        y = random(random, rows, columns);
        rotated = random(random, rows, columns);
        weight = random(random, 1, columns);
        out = Matrix.allocate(arena, rows, columns);
        cos = Matrix.allocate(arena, rows, HEAD_DIM / 2);
        sin = Matrix.allocate(arena, rows, HEAD_DIM / 2);
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < HEAD_DIM / 2; i++) {
                double angle = random.nextDouble(-3, 3);
                cos.set(r, i, (float) Math.cos(angle));
                sin.set(r, i, (float) Math.sin(angle));
            }
        }
        MemorySegment data = arena.allocate(format.bytes(columns), Matrix.ALIGNMENT);
        Weights weights = kernels.pack(new Tensor("weights", format, 1, columns, data), arena);
        decode = inputs(weights, Phase.DECODE);
        prefill = inputs(weights, Phase.PREFILL);
        verify();
        KernelRates.Machine machine = KernelRates.Machine.measure(isa);
        one = machine.work(4.0 * rows * columns, 0);
        two = machine.work(8.0 * rows * columns, 0);
    }

    private Matrix random(SplittableRandom random, int count, int width) {
        Matrix matrix = Matrix.allocate(arena, count, width);
        for (int r = 0; r < count; r++) {
            for (int i = 0; i < width; i++) {
                matrix.set(r, i, (float) random.nextDouble(-1, 1));
            }
        }
        return matrix;
    }

    private Inputs inputs(Weights weights, Phase phase) {
        Inputs inputs = new Inputs(x);
        inputs.form = kernels.inputForm(weights, phase);
        long bytes = Math.max(1, kernels.inputBytes(inputs.form, rows, columns));
        inputs.prepared = arena.allocate(bytes, Matrix.ALIGNMENT);
        return inputs;
    }

    /// Norm, rotation and gate against the scalar kernels; what is prepared is verified by [MultiplyBenchmark].
    private void verify() {
        Kernels plain = KernelLevels.best(Isa.SCALAR).kernels();
        Matrix expected = Matrix.allocate(arena, rows, columns);
        norm(kernels, out);
        norm(plain, expected);
        compare("norm", expected);
        gate(kernels, out);
        gate(plain, expected);
        compare("gate", expected);
        MemorySegment.copy(x.data(), 0, out.data(), 0, x.data().byteSize());
        MemorySegment.copy(x.data(), 0, expected.data(), 0, x.data().byteSize());
        rotate(kernels, out);
        rotate(plain, expected);
        compare("rope", expected);
    }

    private void compare(String what, Matrix expected) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < columns; i++) {
                KernelRates.require(isa + " " + what, out.at(r, i), expected.at(r, i), TOLERANCE);
            }
        }
    }

    private void norm(Kernels of, Matrix target) {
        of.rmsNorm(x, target, 0, rows, 1, columns, weight.data(), 1e-5f);
    }

    private void gate(Kernels of, Matrix target) {
        of.gated(Activation.SILU, x, y, target, 0, rows, 0, columns);
    }

    private void rotate(Kernels of, Matrix target) {
        of.rope(target, 0, rows, columns / HEAD_DIM, HEAD_DIM, HEAD_DIM, RopeStyle.HALVES, cos, sin);
    }

    /// RMS normalisation.
    @Benchmark
    public void norm(KernelRates rates) {
        norm(kernels, out);
        rates.count(one);
    }

    /// Rotation of heads of 64 elements, in place: a rotation keeps lengths, so that numbers stay as they are.
    @Benchmark
    public void rope(KernelRates rates) {
        rotate(kernels, rotated);
        rates.count(one);
    }

    /// SwiGLU.
    @Benchmark
    public void gated(KernelRates rates) {
        gate(kernels, out);
        rates.count(two);
    }

    /// Inputs of decode in the form of the weights.
    @Benchmark
    public void prepareDecode(KernelRates rates) {
        kernels.prepare(decode, 0, rows);
        rates.count(one);
    }

    /// Inputs of prefill in the form of the weights.
    @Benchmark
    public void preparePrefill(KernelRates rates) {
        kernels.prepare(prefill, 0, rows);
        rates.count(one);
    }
}
