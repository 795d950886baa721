package dev.vivace.bench.kernel;

import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Weights;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

/// Weights times rows on one thread, for each storage format and level: one row and four rows of the decode
/// phase, 128 rows of the prefill phase. The counters give weights read (`gigabytes`) and work done
/// (`gigaflops`) per second, and what share of the machine's limits that is, see [KernelRates].
///
/// The smallest shape fits the second-level cache, the largest one comes from memory.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@SuppressWarnings("NullAway.Init") // JMH fills the parameters, then calls prepare
public class MultiplyBenchmark {
    /// Inputs in 8 bits or bf16 change a product of a weight up to 0.1 and an input up to 1 by half a percent.
    private static final float TOLERANCE = 1e-4f;

    /// The level of the kernels.
    @Param({"SCALAR", "VECTOR", "AVX2", "AVX512", "VNNI", "AMX"})
    public Isa isa;

    /// How weights are stored.
    @Param({"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    public DType format;

    /// Outputs x columns.
    @Param({"576x1536", "49152x576", "4096x4096"})
    public String shape;

    private final Arena arena = Arena.ofAuto();
    private Kernels kernels;
    private Weights weights;
    private Matrix x;
    private Inputs decode;
    private Inputs prefill;
    private Matrix y;
    private MemorySegment scratch;
    private KernelRates.Work one;
    private KernelRates.Work four;
    private KernelRates.Work chunk;

    /// Made by JMH.
    public MultiplyBenchmark() {}

    /// Random weights and rows; refuses to measure kernels that compute something else.
    @Setup
    public void prepare() {
        int outputs = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
        int columns = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
        kernels = KernelRates.kernels(isa);
        Tensor tensor = tensor(outputs, columns);
        weights = kernels.pack(tensor, arena);
        scratch = arena.allocate(kernels.scratchBytes(columns, 64), Matrix.ALIGNMENT);
        x = Matrix.allocate(arena, 128, columns);
        y = Matrix.allocate(arena, 128, outputs);
        SplittableRandom random = new SplittableRandom(2);
        for (int r = 0; r < 128; r++) {
            for (int k = 0; k < columns; k++) {
                x.set(r, k, (float) random.nextDouble(-1, 1));
            }
        }
        verify(tensor);
        decode = inputs(kernels, weights, Phase.DECODE);
        prefill = inputs(kernels, weights, Phase.PREFILL);
        KernelRates.Machine machine = KernelRates.Machine.measure(isa);
        double operations = 2.0 * outputs * columns;
        one = machine.work(weights.bytes(), operations);
        four = machine.work(weights.bytes(), 4 * operations);
        chunk = machine.work(weights.bytes(), 128 * operations);
    }

    /// One block row, repeated: what is stored does not change the time.
    private Tensor tensor(int outputs, int columns) {
        MemorySegment row = arena.allocate(4L * columns, Matrix.ALIGNMENT);
        SplittableRandom random = new SplittableRandom(1);
        for (int k = 0; k < columns; k++) {
            row.set(ValueLayout.JAVA_FLOAT, 4L * k, (float) random.nextDouble(-0.1, 0.1));
        }
        long rowBytes = format.bytes(columns);
        MemorySegment data = arena.allocate(rowBytes * outputs, Matrix.ALIGNMENT);
        Codec.of(format).encode(row, 0, data, 0, columns);
        for (int o = 1; o < outputs; o++) {
            MemorySegment.copy(data, 0, data, o * rowBytes, rowBytes);
        }
        return new Tensor("weights", format, outputs, columns, data);
    }

    private void verify(Tensor tensor) {
        Kernels plain = KernelLevels.best(Isa.SCALAR).kernels();
        MemorySegment room = arena.allocate(plain.scratchBytes(x.columns(), 64), Matrix.ALIGNMENT);
        for (Phase phase : Phase.values()) {
            kernels.multiply(weights, phase, inputs(kernels, weights, phase), 0, 1, y, 0, 1, scratch);
            float actual = y.at(0, 0);
            Weights own = plain.pack(tensor, arena);
            plain.multiply(own, phase, inputs(plain, own, phase), 0, 1, y, 0, 1, room);
            KernelRates.require(isa + " " + format + " " + phase, actual, y.at(0, 0), TOLERANCE * x.columns());
        }
    }

    private Inputs inputs(Kernels of, Weights read, Phase phase) {
        Inputs inputs = new Inputs(x);
        inputs.form = of.inputForm(read, phase);
        inputs.prepared =
                arena.allocate(Math.max(1, of.inputBytes(inputs.form, x.rows(), x.columns())), Matrix.ALIGNMENT);
        of.prepare(inputs, 0, x.rows());
        return inputs;
    }

    /// One row of the decode phase.
    @Benchmark
    public void decodeOne(KernelRates rates) {
        kernels.multiply(weights, Phase.DECODE, decode, 0, 1, y, 0, weights.rows(), scratch);
        rates.count(one);
    }

    /// Four rows of the decode phase.
    @Benchmark
    public void decodeFour(KernelRates rates) {
        kernels.multiply(weights, Phase.DECODE, decode, 0, 4, y, 0, weights.rows(), scratch);
        rates.count(four);
    }

    /// A chunk of a prompt.
    @Benchmark
    public void prefill(KernelRates rates) {
        kernels.multiply(weights, Phase.PREFILL, prefill, 0, 128, y, 0, weights.rows(), scratch);
        rates.count(chunk);
    }
}
