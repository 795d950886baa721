package dev.vivace.kernel.x86.linear;

import static dev.vivace.kernel.x86.asm.Op.*;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Vec;

/// Writes the code that packs a panel: words of the file's blocks are gathered from 16 rows at a time.
///
/// The code's arguments: first row's first block, 16 int32 distances of the rows in bytes, where levels go, where
/// scales go, units.
final class BlockPacker {
    private static final Gpr SOURCE = Gpr.RDI;
    private static final Gpr ROWS = Gpr.RSI;
    private static final Gpr LEVELS = Gpr.RDX;
    private static final Gpr SCALES = Gpr.RCX;
    private static final Gpr UNITS = Gpr.R8;
    private static final Gpr ONES = Gpr.R9;

    private final Assembler a;
    private final Target target;
    private int half;

    private BlockPacker(Assembler a, Target target) {
        this.a = a;
        this.target = target;
    }

    static Code emit(BlockFormat format, Target target) {
        Assembler a = new Assembler("pack " + format.dtype());
        BlockPacker packer = new BlockPacker(a, target);
        a.mov(ONES, -1);
        Label next = a.here();
        int halves = PanelFormat.OUTPUTS / target.lanes();
        for (packer.half = 0; packer.half < halves; packer.half++) {
            a.emit(VMOVUPS, packer.rows(), Mem.at(ROWS, packer.half * target.bits() / 8));
            format.pack(packer);
        }
        a.add(SOURCE, format.dtype().blockBytes());
        a.add(LEVELS, format.levelBytes());
        a.add(SCALES, format.scaleBytes());
        a.dec(UNITS);
        a.jump(Condition.NE, next);
        a.emit(VZEROUPPER);
        a.ret();
        return a.finish();
    }

    private Vec vec(int index) {
        return Vec.of(index, target.bits());
    }

    private Vec rows() {
        return vec(7);
    }

    /// A register for a format's own use, `i` in 0..4.
    Vec register(int i) {
        return vec(i);
    }

    /// `to` = the 32-bit word at `offset` of every row's block.
    void gather(Vec to, int offset) {
        Mem from = Mem.at(SOURCE, rows(), 1, offset);
        if (target.wide()) {
            a.emit(KMOVW_GPR, Mask.K1, ONES);
            a.emit(VPGATHERDD, to.mask(Mask.K1), from);
        } else {
            a.emit(VPCMPEQD, vec(6), vec(6), vec(6));
            a.emit(VPGATHERDD, to, from, vec(6));
        }
    }

    /// Stores a word for every output at `offset` of the levels.
    void storeLevels(int offset, Vec words) {
        a.emit(VMOVUPS_STORE, Mem.at(LEVELS, offset + half * target.bits() / 8), words);
    }

    /// Gathers the words at `from` and stores them at `to` of the levels.
    void copyLevels(int from, int to) {
        gather(register(0), from);
        storeLevels(to, register(0));
    }

    /// As [#copyLevels], every byte's highest bit turned over: signed bytes become unsigned ones, 128 too large.
    void copyLevelsUnsigned(int from, int to) {
        gather(register(0), from);
        a.emit(VPXORD, register(0), register(0), all(0x80808080));
        storeLevels(to, register(0));
    }

    /// Gathers the f16 that is the lower (or upper) half of the word at `from`; it goes to `to` of the scales.
    void copyHalf(int from, boolean upper, int to) {
        gather(register(0), from);
        if (upper) {
            a.emit(VPSRLD, 16, register(0), register(0));
        }
        Mem place = Mem.at(SCALES, to + half * target.lanes() * 2);
        if (target.wide()) {
            a.emit(VPMOVDW_STORE, place, register(0));
        } else {
            narrow(register(0), true);
            a.emit(VMOVUPS_STORE, place, register(0).as(128));
        }
    }

    /// Stores byte `i` of every output's word, `i` in 0..3, at `to + 16 i` of the scales.
    void storeBytes(Vec words, int to) {
        for (int i = 0; i < 4; i++) {
            Vec moved = register(4);
            a.emit(VPSRLD, 8 * i, moved, words);
            Mem place = Mem.at(SCALES, to + 16 * i + half * target.lanes());
            if (target.wide()) {
                a.emit(VPMOVDB_STORE, place, moved);
            } else {
                a.emit(VPANDD, moved, moved, all(0xFF));
                narrow(moved, true);
                a.emit(VPACKUSWB, moved.as(128), moved.as(128), moved.as(128));
                a.emit(VMOVQ_LOW_STORE, place, moved.as(128));
            }
        }
    }

    /// Eight 32-bit words below 65536 become eight 16-bit words in the lower 128 bits.
    private void narrow(Vec words, boolean masked) {
        if (masked) {
            a.emit(VPANDD, words, words, all(0xFFFF));
        }
        a.emit(VPACKUSDW, words, words, words);
        a.emit(VPERMQ, 0x08, words, words);
    }

    /// `to = (from >>> shift) & mask`, a negative shift to the left.
    void bits(Vec to, Vec from, int shift, int mask) {
        if (shift < 0) {
            a.emit(VPSLLD, -shift, to, from);
        } else if (shift > 0) {
            a.emit(VPSRLD, shift, to, from);
        }
        a.emit(VPANDD, to, shift == 0 ? from : to, all(mask));
    }

    /// `to |= from`.
    void or(Vec to, Vec from) {
        a.emit(VPORD, to, to, from);
    }

    private Mem all(int word) {
        return target.wide() ? a.words(word).broadcast() : a.words(word, word, word, word, word, word, word, word);
    }
}
