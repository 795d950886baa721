package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.vivace.TestLevels;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Once compiled, kernels allocate nothing: a vector that crosses a call which the compiler did not inline
/// would, and much. When the compiler keeps one last box of a call on some day, that is let pass.
class AllocationTest {
    private static final long PATIENCE_NANOS = 40_000_000_000L;
    private static final int CALLS = 20;
    private static final int OUTPUTS = 50;

    /// A boxed vector of 16 lanes.
    private static final long BOX = 96;

    private final Kernels kernels =
            KernelLevels.best(TestLevels.atMost(Isa.VECTOR)).kernels();

    @ParameterizedTest
    @EnumSource(DType.class)
    void multiplyAllocatesNothing(DType dtype) {
        int columns = 512;
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Fixtures.weights(arena, dtype, OUTPUTS, columns, 1);
            Weights weights = kernels.pack(tensor, arena);
            MemorySegment scratch = Fixtures.scratch(arena, kernels, columns, 1);
            Matrix x = Fixtures.matrix(arena, 7, columns, 2);
            Matrix y = Fixtures.matrix(arena, 7, OUTPUTS, 3);
            Inputs decode = Fixtures.inputs(arena, kernels, weights, Phase.DECODE, x);
            Inputs prefill = Fixtures.inputs(arena, kernels, weights, Phase.PREFILL, x);
            assertAllocatesNothing(() -> kernels.multiply(weights, Phase.DECODE, decode, 0, 7, y, 0, OUTPUTS, scratch));
            assertAllocatesNothing(
                    () -> kernels.multiply(weights, Phase.PREFILL, prefill, 0, 7, y, 0, OUTPUTS, scratch));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Isa.class,
            names = {"SCALAR"},
            mode = EnumSource.Mode.EXCLUDE)
    void whatElseADecodeStepCallsAllocatesNothing(Isa ceiling) {
        Kernels kernels = KernelLevels.best(ceiling).kernels();
        try (Arena arena = Arena.ofConfined()) {
            Matrix x = Fixtures.matrix(arena, 2, 192, 1);
            Matrix up = Fixtures.matrix(arena, 2, 192, 2);
            Matrix out = Fixtures.matrix(arena, 2, 192, 3);
            Matrix cos = Fixtures.matrix(arena, 2, 32, 4);
            assertAllocatesNothing(() -> kernels.rmsNorm(x, out, 0, 2, 3, 64, up.data(), 1e-5f));
            assertAllocatesNothing(() -> kernels.layerNorm(x, out, 0, 2, up.data(), up.data(), 1e-5f));
            assertAllocatesNothing(() -> kernels.rope(out, 0, 2, 3, 64, 64, RopeStyle.HALVES, cos, cos));
            assertAllocatesNothing(() -> kernels.rope(out, 0, 2, 3, 64, 64, RopeStyle.INTERLEAVED, cos, cos));
            assertAllocatesNothing(() -> kernels.gated(Activation.SILU, x, up, out, 0, 2, 3, 188));
            assertAllocatesNothing(() -> kernels.gated(Activation.GELU_TANH, x, up, out, 0, 2, 3, 188));
            assertAllocatesNothing(() -> kernels.add(out, x, 1, 0, 2));
            assertAllocatesNothing(() -> kernels.softcap(out, 30, 0, 2, 3, 188));
            MemorySegment halves = arena.allocate(2 * 192, 64);
            assertAllocatesNothing(() -> kernels.store(x.data(), 0, DType.F16, halves, 0, 192));
            assertAllocatesNothing(() -> kernels.load(DType.F16, halves, 0, out.data(), 0, 192));
            assertAllocatesNothing(() -> kernels.store(x.data(), 0, DType.BF16, halves, 0, 192));
            assertAllocatesNothing(() -> kernels.load(DType.BF16, halves, 0, out.data(), 0, 192));
        }
    }

    @Test
    void attendAllocatesNothing() {
        try (Arena arena = Arena.ofConfined()) {
            KvBlocks kv = new KvBlocks(1, 64, 64, DType.F16, 32);
            for (int page = 0; page < 4; page++) {
                MemorySegment segment = arena.allocate(kv.pageBytes(), 64);
                MemorySegment source = Fixtures.matrix(arena, 1, 64 * 64, page).data();
                kernels.store(source, 0, DType.F16, segment, 0, 64 * 64);
                kv.page(page, segment, 0);
            }
            AttentionSpan span = new AttentionSpan();
            span.queries = Fixtures.matrix(arena, 2, 192, 1);
            span.rows = 2;
            span.heads = 3;
            span.kv = kv;
            span.scale = 0.125f;
            span.softcap = 50;
            span.from = new int[] {0, 0};
            span.to = new int[] {100, 101};
            span.runStart = new int[] {0, 50};
            span.runLength = new int[] {40, 70};
            span.runLogWeight = new float[2];
            span.runTo = 2;
            span.out = arena.allocate(4 * 384, 64);
            span.outRowStride = 192;
            span.lse = arena.allocate(4 * 6, 64);
            span.lseRowStride = 3;
            span.scratch = Fixtures.scratch(arena, kernels, 1, 64);
            assertAllocatesNothing(() -> kernels.attend(span));
            assertAllocatesNothing(() -> kernels.merge(span.out, 0, span.lse, 0, span.out, 256, span.lse, 4, 64));
            assertAllocatesNothing(() -> kernels.scores(span.queries, 1, 2, kv, 0, 1, 20, 3, 99, span.out, 0));
        }
    }

    /// Calls until calls allocate nothing, which is when they are compiled; the patience is for a busy
    /// machine.
    private static void assertAllocatesNothing(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + PATIENCE_NANOS;
        long allocated;
        do {
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        } while (allocated > 0 && System.nanoTime() < end);
        assertThat(allocated).isLessThanOrEqualTo(CALLS * OUTPUTS * BOX);
    }
}
