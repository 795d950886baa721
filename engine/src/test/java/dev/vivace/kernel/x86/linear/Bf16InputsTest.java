package dev.vivace.kernel.x86.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.kernel.x86.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Bf16InputsTest {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    @BeforeEach
    void machineHasBf16() {
        Assumptions.assumeTrue(
                FloatFixtures.targets().stream().anyMatch(Target::bf16), "skipped: this machine has no VDPBF16PS");
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "TILES"})
    void rowsAreRoundedToNearestEvenAndPaddedWithZeros(InputForm form) {
        for (int columns : new int[] {1, 2, 15, 16, 17, 31, 32, 33, 48, 63, 577}) {
            for (int rows : new int[] {1, 15, 16, 17, 33}) {
                try (Arena arena = Arena.ofConfined()) {
                    Inputs inputs = FloatFixtures.inputs(arena, rows, columns, new SplittableRandom(columns));
                    awkward(inputs);
                    FloatFixtures.prepare(arena, form, inputs);
                    for (int r = 0; r < rows; r++) {
                        for (int c = 0; c < (columns + 31) / 32 * 32; c++) {
                            float expected = c < columns ? FloatFixtures.toBf16(inputs.x.at(r, c)) : 0;
                            float actual =
                                    Float.intBitsToFloat(inputs.prepared.get(U16, place(form, r, c, columns)) << 16);
                            assertEquals(expected, actual, "columns=" + columns + " row=" + r + " column=" + c);
                        }
                    }
                }
            }
        }
    }

    /// Where the forms put an element, as their descriptions say.
    private static long place(InputForm form, int row, int column, int columns) {
        long across = (columns + 31) / 32;
        return form == InputForm.BF16
                ? row * across * 64 + 2L * column
                : (row / 16 * across + column / 32) * 1024 + row % 16 * 64 + column % 32 * 2;
    }

    /// Ties, a carry into the exponent, a denormal.
    private static void awkward(Inputs inputs) {
        float[] values = {0x1.01p0f, 0x1.03p0f, -0x1.ffp3f, 0x1.010002p0f, 0x1p-130f};
        for (int i = 0; i < Math.min(values.length, inputs.x.columns()); i++) {
            inputs.x.set(0, i, values[i]);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "TILES"})
    void rowsAreWrittenToTheirOwnPlacesOnly(InputForm form) {
        try (Arena arena = Arena.ofConfined()) {
            Inputs inputs = FloatFixtures.inputs(arena, 35, 40, new SplittableRandom(5));
            FloatFixtures.prepare(arena, form, inputs);
            Inputs parts = new Inputs(inputs.x);
            parts.form = form;
            parts.prepared = GuardedMemory.allocate(arena, inputs.prepared.byteSize());
            Bf16Inputs bf16 = new Bf16Inputs(form);
            int[] cuts = {0, 1, 7, 16, 20, 35};
            for (int i = cuts.length - 1; i > 0; i--) {
                bf16.prepare(parts, cuts[i - 1], cuts[i]);
            }
            assertEquals(-1, inputs.prepared.mismatch(parts.prepared));
        }
    }

    @Test
    void otherFormsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Bf16Inputs(InputForm.INT8));
    }
}
