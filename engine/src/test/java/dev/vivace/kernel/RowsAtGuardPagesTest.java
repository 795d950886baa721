package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Operands whose last element is the last before a page that nothing may touch: the same bits as elsewhere, and no
/// crash.
class RowsAtGuardPagesTest {
    private static final int[] SIZES = {1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 48, 63, 64, 65, 100};
    private static final int ROWS = 3;

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void norms(Kernels kernels) {
        for (int n : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                Matrix x = Fixtures.matrix(arena, ROWS, n, 1);
                Matrix weight = Fixtures.matrix(arena, 1, n, 2);
                Matrix bias = Fixtures.matrix(arena, 1, n, 3);
                Matrix there = GuardedMemory.copy(arena, x);
                MemorySegment weightThere = GuardedMemory.copy(arena, weight).data();
                MemorySegment biasThere = GuardedMemory.copy(arena, bias).data();
                Matrix out = Matrix.allocate(arena, ROWS, n);
                Matrix outThere = GuardedMemory.matrix(arena, ROWS, n);
                kernels.rmsNorm(x, out, 0, ROWS, 1, n, weight.data(), 1e-5f);
                kernels.rmsNorm(there, outThere, 0, ROWS, 1, n, weightThere, 1e-5f);
                assertThat(Fixtures.bits(outThere)).isEqualTo(Fixtures.bits(out));
                kernels.layerNorm(x, out, 0, ROWS, weight.data(), bias.data(), 1e-5f);
                kernels.layerNorm(there, outThere, 0, ROWS, weightThere, biasThere, 1e-5f);
                assertThat(Fixtures.bits(outThere)).isEqualTo(Fixtures.bits(out));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void rotation(Kernels kernels) {
        for (RopeStyle style : RopeStyle.values()) {
            for (int n : SIZES) {
                try (Arena arena = Arena.ofConfined()) {
                    Matrix x = Fixtures.matrix(arena, ROWS, 2 * 2 * n, 1);
                    Matrix cos = Fixtures.matrix(arena, ROWS, n, 2);
                    Matrix sin = Fixtures.matrix(arena, ROWS, n, 3);
                    Matrix there = GuardedMemory.copy(arena, x);
                    Matrix cosThere = GuardedMemory.copy(arena, cos);
                    Matrix sinThere = GuardedMemory.copy(arena, sin);
                    kernels.rope(x, 0, ROWS, 2, 2 * n, 2 * n, style, cos, sin);
                    kernels.rope(there, 0, ROWS, 2, 2 * n, 2 * n, style, cosThere, sinThere);
                    assertThat(Fixtures.bits(there)).isEqualTo(Fixtures.bits(x));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void elements(Kernels kernels) {
        for (int n : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                Matrix x = Fixtures.matrix(arena, ROWS, n, 1);
                Matrix y = Fixtures.matrix(arena, ROWS, n, 2);
                Matrix there = GuardedMemory.copy(arena, x);
                Matrix yThere = GuardedMemory.copy(arena, y);
                Matrix out = Matrix.allocate(arena, ROWS, n);
                Matrix outThere = GuardedMemory.matrix(arena, ROWS, n);
                for (Activation activation : Activation.values()) {
                    kernels.gated(activation, x, y, out, 0, ROWS, n / 3, n);
                    kernels.gated(activation, there, yThere, outThere, 0, ROWS, n / 3, n);
                    assertThat(Fixtures.bits(outThere)).isEqualTo(Fixtures.bits(out));
                }
                kernels.add(x, y, 0.3f, 0, ROWS);
                kernels.add(there, yThere, 0.3f, 0, ROWS);
                kernels.softcap(x, 2, 0, ROWS, n / 3, n);
                kernels.softcap(there, 2, 0, ROWS, n / 3, n);
                assertThat(Fixtures.bits(there)).isEqualTo(Fixtures.bits(x));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void conversions(Kernels kernels) {
        for (DType dtype : new DType[] {DType.F16, DType.BF16, DType.F32}) {
            for (int n : SIZES) {
                try (Arena arena = Arena.ofConfined()) {
                    long bytes = (long) dtype.blockBytes() * n;
                    MemorySegment x = Fixtures.matrix(arena, 1, n, 1).row(0);
                    MemorySegment stored = arena.allocate(bytes, 64);
                    MemorySegment storedThere = GuardedMemory.allocate(arena, bytes);
                    kernels.store(x, 0, dtype, stored, 0, n);
                    kernels.store(GuardedMemory.copy(arena, x), 0, dtype, storedThere, 0, n);
                    assertThat(storedThere.toArray(ValueLayout.JAVA_BYTE))
                            .isEqualTo(stored.toArray(ValueLayout.JAVA_BYTE));
                    MemorySegment back = arena.allocate(4L * n, 64);
                    MemorySegment backThere = GuardedMemory.allocate(arena, 4L * n);
                    kernels.load(dtype, stored, 0, back, 0, n);
                    kernels.load(dtype, storedThere, 0, backThere, 0, n);
                    assertThat(backThere.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(back.toArray(ValueLayout.JAVA_BYTE));
                }
            }
        }
    }
}
