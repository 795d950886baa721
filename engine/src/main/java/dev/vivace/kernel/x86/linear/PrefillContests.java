package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.x86.Alternative;
import dev.vivace.kernel.x86.Alternative.Way;
import dev.vivace.kernel.x86.Contest;
import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.Tuning;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Prefill by 16-bit weights, made ready to be measured: f32 multiply-adds against bf16 products, which do twice the
/// work in a cycle on some processors and less on others, and may have to turn weights over first.
public final class PrefillContests {
    /// Many rows by few outputs, as a worker has them: what a way does to weights first, it does once for all rows.
    private static final int ROWS = 256;

    private static final int OUTPUTS = 64;
    private static final int COLUMNS = 512;

    private PrefillContests() {}

    /// Those of a level; none where it has one way only.
    public static List<Contest> of(Target target) {
        if (!target.bf16()) {
            return List.of();
        }
        return List.of(
                contest(Alternative.PREFILL_F16, DType.F16, target),
                contest(Alternative.PREFILL_BF16, DType.BF16, target));
    }

    private static Contest contest(Alternative alternative, DType dtype, Target target) {
        Map<Way, Function<Arena, Runnable>> ways = new EnumMap<>(Way.class);
        for (Way way : alternative.ways()) {
            if (way != Way.TILES || target.tiles()) {
                Tuning tuning = new Tuning(Map.of(alternative, new Tuning.Verdict(way, Map.of())));
                ways.put(way, arena -> product(arena, dtype, new LinearKernels(target, tuning)));
            }
        }
        return new Contest(alternative, ways);
    }

    private static Runnable product(Arena arena, DType dtype, LinearKernels kernels) {
        MemorySegment data = arena.allocate(2L * OUTPUTS * COLUMNS, Matrix.ALIGNMENT);
        short one = (short) (dtype == DType.F16 ? 0x3C00 : 0x3F80);
        for (long i = 0; i < (long) OUTPUTS * COLUMNS; i++) {
            data.setAtIndex(ValueLayout.JAVA_SHORT, i, one);
        }
        Weights weights = kernels.pack(new Tensor("measured", dtype, OUTPUTS, COLUMNS, data), arena);
        Matrix x = Matrix.allocate(arena, ROWS, COLUMNS);
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                x.data().set(ValueLayout.JAVA_FLOAT, x.offset(row) + 4L * column, 1);
            }
        }
        Inputs inputs = new Inputs(x);
        inputs.form = kernels.inputForm(weights, Phase.PREFILL);
        inputs.prepared = arena.allocate(kernels.inputBytes(inputs.form, ROWS, COLUMNS), Matrix.ALIGNMENT);
        kernels.prepare(inputs, 0, ROWS);
        Matrix y = Matrix.allocate(arena, ROWS, OUTPUTS);
        MemorySegment scratch = arena.allocate(kernels.scratchBytes(COLUMNS), Matrix.ALIGNMENT);
        return () -> kernels.multiply(weights, Phase.PREFILL, inputs, 0, ROWS, y, 0, OUTPUTS, scratch);
    }
}
