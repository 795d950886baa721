package dev.vivace.kernel.x86.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class F16ExpanderTest {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int COLUMNS = 4097;

    /// Sixteen rows hold all f16 there are, the last input is odd.
    @Test
    void everyNumberIsRoundedToTheNearestAndThePaddingIsZero() {
        Assumptions.assumeTrue(
                FloatFixtures.targets().stream().anyMatch(Target::bf16), "skipped: this machine has no VDPBF16PS");
        Target target = FloatFixtures.targets().stream()
                .filter(Target::bf16)
                .findFirst()
                .orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = GuardedMemory.allocate(arena, 2L * 16 * COLUMNS);
            for (int i = 0; i < 16 * COLUMNS; i++) {
                data.set(U16, 2L * i, (short) i);
            }
            Tensor tensor = new Tensor("w", DType.F16, 16, COLUMNS, data);
            PanelFormat format = FloatPanels.of(DType.F16, target, InputForm.BF16);
            MemorySegment packed = FloatFixtures.pack(arena, format, tensor);
            MemorySegment out = GuardedMemory.allocate(arena, PanelExpander.bytes(COLUMNS));
            new F16Expander().expand(packed.address(), COLUMNS, out.address());
            for (int o = 0; o < 16; o++) {
                for (int c = 0; c < PanelExpander.tiles(COLUMNS) * 32; c++) {
                    int bits = out.get(U16, c / 2 * 64L + 4 * o + c % 2 * 2) << 16;
                    float expected = c < COLUMNS ? FloatFixtures.weight(tensor, o, c) : 0;
                    check(expected, Float.intBitsToFloat(bits));
                }
            }
        }
    }

    private static void check(float f16, float bf16) {
        if (Float.isNaN(f16)) {
            assertTrue(Float.isNaN(bf16));
        } else if (Float.isInfinite(f16)) {
            assertEquals(f16, bf16);
        } else {
            assertEquals(FloatFixtures.toBf16(f16), bf16);
        }
    }
}
