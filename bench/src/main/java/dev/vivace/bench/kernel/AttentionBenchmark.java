package dev.vivace.bench.kernel;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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

/// Attention of one group of heads over paged keys and values, on one thread: one row, as decode runs it, and a tile
/// of rows, as prefill does. Operations are those of both products: `4 * rows * heads * slots * headDim`.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@SuppressWarnings("NullAway.Init") // JMH fills the parameters, then calls prepare
public class AttentionBenchmark {
    private static final int TILE = 16;
    private static final int PAGE_TOKENS = 64;
    private static final float TOLERANCE = 5e-3f;

    /// The level of the kernels.
    @Param({"SCALAR", "VECTOR", "AVX2", "AVX512", "VNNI", "AMX"})
    public Isa isa;

    /// How keys and values are stored.
    @Param({"F16", "F32"})
    public DType cache;

    /// Query heads of the group x elements of a head: SmolLM2's and Gemma 3's.
    @Param({"3x64", "4x256"})
    public String shape;

    /// Slots that are read.
    @Param({"128", "512", "4096"})
    public int slots;

    private final Arena arena = Arena.ofAuto();
    private int heads;
    private int headDim;
    private KvBlocks kv;
    private Matrix queries;
    private Kernels kernels;
    private AttentionSpan row;
    private AttentionSpan tile;
    private KernelRates.Work rowWork;
    private KernelRates.Work tileWork;

    /// Made by JMH.
    public AttentionBenchmark() {}

    /// Random keys, values and queries; refuses to measure kernels that compute something else.
    @Setup
    public void prepare() {
        heads = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
        headDim = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
        kernels = KernelRates.kernels(isa);
        Kernels plain = KernelLevels.best(Isa.SCALAR).kernels();
        SplittableRandom random = new SplittableRandom(3);
        queries = Matrix.allocate(arena, TILE, heads * headDim);
        for (int r = 0; r < TILE; r++) {
            for (int i = 0; i < queries.columns(); i++) {
                queries.set(r, i, (float) random.nextDouble(-1, 1));
            }
        }
        kv = fill(plain, random);
        verify(plain);
        row = span(kernels, 1);
        tile = span(kernels, TILE);
        KernelRates.Machine machine = KernelRates.Machine.measure(isa);
        double bytes = 2.0 * slots * headDim * cache.blockBytes();
        double operations = 4.0 * heads * slots * headDim;
        rowWork = machine.work(bytes, operations);
        tileWork = machine.work(bytes, TILE * operations);
    }

    private KvBlocks fill(Kernels plain, SplittableRandom random) {
        KvBlocks blocks = new KvBlocks(1, headDim, headDim, cache, PAGE_TOKENS);
        MemorySegment line = arena.allocate(4L * headDim, Matrix.ALIGNMENT);
        for (int page = 0; page * PAGE_TOKENS < slots; page++) {
            MemorySegment memory = arena.allocate(blocks.pageBytes(), Matrix.ALIGNMENT);
            blocks.page(page, memory, 0);
            for (long at : new long[] {blocks.keys(page, 0), blocks.values(page, 0)}) {
                for (int slot = 0; slot < PAGE_TOKENS; slot++) {
                    for (int i = 0; i < headDim; i++) {
                        line.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
                    }
                    long offset = at + (long) slot * headDim * cache.blockBytes();
                    plain.store(line, 0, cache, memory, offset, headDim);
                }
            }
        }
        return blocks;
    }

    private AttentionSpan span(Kernels of, int rows) {
        AttentionSpan span = new AttentionSpan();
        span.queries = queries;
        span.rows = rows;
        span.heads = heads;
        span.kv = kv;
        span.scale = (float) (1 / Math.sqrt(headDim));
        span.from = new int[TILE];
        span.to = new int[TILE];
        Arrays.fill(span.to, slots);
        span.runStart = new int[] {0};
        span.runLength = new int[] {slots};
        span.runLogWeight = new float[1];
        span.runTo = 1;
        span.outRowStride = heads * headDim;
        span.out = arena.allocate(4L * rows * span.outRowStride, Matrix.ALIGNMENT);
        span.lseRowStride = heads;
        span.lse = arena.allocate(4L * rows * heads, Matrix.ALIGNMENT);
        span.scratch = arena.allocate(Math.max(64, of.scratchBytes(headDim, headDim)), Matrix.ALIGNMENT);
        return span;
    }

    private void verify(Kernels plain) {
        for (int rows : new int[] {1, TILE}) {
            AttentionSpan actual = span(kernels, rows);
            AttentionSpan expected = span(plain, rows);
            kernels.attend(actual);
            plain.attend(expected);
            for (long i = 0; i < (long) rows * heads * headDim; i++) {
                KernelRates.require(
                        isa + " element " + i,
                        actual.out.getAtIndex(ValueLayout.JAVA_FLOAT, i),
                        expected.out.getAtIndex(ValueLayout.JAVA_FLOAT, i),
                        TOLERANCE);
            }
        }
    }

    /// One row.
    @Benchmark
    public void row(KernelRates rates) {
        kernels.attend(row);
        rates.count(rowWork);
    }

    /// A tile of rows.
    @Benchmark
    public void tile(KernelRates rates) {
        kernels.attend(tile);
        rates.count(tileWork);
    }
}
