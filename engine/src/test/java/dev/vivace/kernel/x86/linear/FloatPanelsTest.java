package dev.vivace.kernel.x86.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class FloatPanelsTest {
    private static final int[] COLUMNS = {1, 2, 15, 16, 17, 31, 63, 255, 577};

    static Stream<Arguments> formats() {
        return FloatFixtures.targets().stream()
                .flatMap(target -> Stream.of(DType.F32, DType.F16, DType.BF16)
                        .map(dtype -> Arguments.argumentSet(target.isa() + " " + dtype, dtype, target)));
    }

    /// f32 sums of `columns` terms: half a unit in the last place of the largest partial sum for each.
    private static double bound(int columns, double magnitude) {
        return columns * magnitude * 0x1p-24 * 1.01;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everySumIsWithinTheRoundingOfItsTerms(DType dtype, Target target) {
        PanelFormat format = FloatPanels.of(dtype, target);
        for (int columns : COLUMNS) {
            for (int panels : new int[] {1, 2, 3, 4, 5, 7, 9}) {
                int outputs = 16 * panels - (panels == 3 ? 5 : 0);
                for (int rows : new int[] {1, 2, 3, 4, 5, 6, 7, 11, 13, 33}) {
                    check(format, dtype, columns, outputs, rows);
                }
            }
        }
    }

    private static void check(PanelFormat format, DType dtype, int columns, int outputs, int rows) {
        try (Arena arena = Arena.ofConfined()) {
            SplittableRandom random = new SplittableRandom(columns * 31L + outputs + rows);
            Tensor tensor = FloatFixtures.weights(arena, dtype, outputs, columns, random);
            Inputs inputs = FloatFixtures.inputs(arena, rows, columns, random);
            Matrix y = FloatFixtures.product(arena, format, Phase.DECODE, tensor, inputs, 0, rows);
            for (int r = 0; r < rows; r++) {
                for (int o = 0; o < outputs; o++) {
                    double sum = 0;
                    double magnitude = 0;
                    for (int k = 0; k < columns; k++) {
                        double term = (double) inputs.x.at(r, k) * FloatFixtures.weight(tensor, o, k);
                        sum += term;
                        magnitude += Math.abs(term);
                    }
                    String where = "columns=" + columns + " outputs=" + outputs + " rows=" + rows + " r=" + r + " o=" + o;
                    assertEquals(sum, y.at(r, o), bound(columns, magnitude) + 1e-40, where);
                }
            }
        }
    }
}
