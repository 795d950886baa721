package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// Rounds panels of f16 to bf16, to nearest even. Needs 512-bit vectors with bf16.
final class F16Expander implements PanelExpander {
    private static final int PAIR_BYTES = 64;

    private final Kernel kernel = new Kernel(F16Expander::code);

    @Override
    public void expand(long panel, int columns, long out) {
        // Panels of f16 are padded with zeros to whole tiles as well.
        kernel.call(panel, out, PanelExpander.bytes(columns) / PAIR_BYTES, 0, 0, 0);
    }

    /// `(panel, out, pairs)`.
    private static Code code() {
        Assembler a = new Assembler("expand f16");
        int[] order = new int[PanelFormat.OUTPUTS];
        for (int i = 0; i < order.length; i++) {
            order[i] = i | i + 32 << 16;
        }
        a.emit(Op.VMOVUPS, Vec.zmm(2), a.words(order));
        Label more = a.here();
        for (int half = 0; half < 2; half++) {
            a.emit(Op.VCVTPH2PS, Vec.zmm(half), Mem.at(Gpr.RDI, PAIR_BYTES / 2 * half));
            a.emit(Op.VCVTNEPS2BF16, Vec.ymm(half), Vec.zmm(half));
        }
        a.emit(Op.VPERMT2W, Vec.zmm(0), Vec.zmm(2), Vec.zmm(1));
        a.emit(Op.VMOVUPS_STORE, Mem.at(Gpr.RSI), Vec.zmm(0));
        a.add(Gpr.RDI, PAIR_BYTES);
        a.add(Gpr.RSI, PAIR_BYTES);
        a.dec(Gpr.RDX);
        a.jump(Condition.NE, more);
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }
}
