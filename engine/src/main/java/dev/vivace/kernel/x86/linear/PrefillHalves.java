package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// How F16 and BF16 weights multiply the rows of a prompt: [Alternative#PREFILL_HALVES]. Processors differ in which
/// unit is the fastest, and some that have a bf16 instruction are slower with it.
final class PrefillHalves {
    private static final int ROWS = 64;
    private static final int OUTPUTS = 64;
    private static final int COLUMNS = 512;

    private PrefillHalves() {}

    /// The form of inputs that the chosen way reads; where nothing was measured, the newest unit's.
    static InputForm form(Target target, Tuning tuning) {
        if (tuning.verdicts().containsKey(Alternative.PREFILL_HALVES)) {
            return form(tuning.way(Alternative.PREFILL_HALVES));
        }
        return target.tiles() ? InputForm.TILES : target.bf16() ? InputForm.BF16 : InputForm.F32;
    }

    private static InputForm form(Way way) {
        return switch (way) {
            case F32 -> InputForm.F32;
            case BF16 -> InputForm.BF16;
            case TILES -> InputForm.TILES;
        };
    }

    /// The ways that `target` has, if there is a choice.
    static List<Contest> contests(Target target) {
        Map<Way, Function<Arena, Runnable>> ways = new EnumMap<>(Way.class);
        ways.put(Way.F32, arena -> run(target, Way.F32, arena));
        if (target.bf16()) {
            ways.put(Way.BF16, arena -> run(target, Way.BF16, arena));
        }
        if (target.tiles()) {
            ways.put(Way.TILES, arena -> run(target, Way.TILES, arena));
        }
        return ways.size() == 1 ? List.of() : List.of(new Contest(Alternative.PREFILL_HALVES, ways));
    }

    /// Zeros do: the time does not depend on the numbers.
    private static Runnable run(Target target, Way way, Arena arena) {
        PanelFormat format = FloatPanels.of(DType.F16, target, form(way));
        MemorySegment data = arena.allocate(2L * OUTPUTS * COLUMNS, Matrix.ALIGNMENT);
        int panels = OUTPUTS / PanelFormat.OUTPUTS;
        MemorySegment packed = arena.allocate(panels * format.panelBytes(COLUMNS), Matrix.ALIGNMENT);
        format.pack(new Tensor("zeros", DType.F16, OUTPUTS, COLUMNS, data), 0, panels, packed);
        Inputs inputs = new Inputs(Matrix.allocate(arena, ROWS, COLUMNS));
        inputs.form = form(way);
        if (inputs.form != InputForm.F32) {
            Bf16Inputs prepared = new Bf16Inputs(inputs.form);
            inputs.prepared = arena.allocate(prepared.inputBytes(ROWS, COLUMNS), Matrix.ALIGNMENT);
            prepared.prepare(inputs, 0, ROWS);
        }
        Matrix y = Matrix.allocate(arena, ROWS, OUTPUTS);
        MemorySegment scratch = arena.allocate(Math.max(64, format.scratchBytes(COLUMNS)), Matrix.ALIGNMENT);
        long stride = 4L * y.stride();
        return () -> format.multiply(
                Phase.PREFILL,
                packed.address(),
                panels,
                COLUMNS,
                inputs,
                0,
                ROWS,
                y.data().address(),
                stride,
                scratch);
    }
}
