package dev.vivace.kernel.x86.linear;

import static dev.vivace.kernel.x86.asm.Op.*;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Vec;
import java.util.Arrays;

/// Who is who among the registers of a multiply by quantized panels, and what formats say in terms of them.
/// 512-bit code treats a panel's 16 outputs at once, 256-bit code one half after the other.
final class BlockRegisters {
    /// The levels of the current unit.
    static final Gpr LEVELS = Gpr.RDI;
    /// The scales of the current unit.
    static final Gpr SCALES = Gpr.RBX;
    /// Steps of a sub-block.
    static final int STEPS = 8;

    private static final int LOW_NIBBLES = 0x0F0F0F0F;

    private final Assembler a;
    private final Target target;
    private final int half;

    BlockRegisters(Assembler a, Target target, int half) {
        this.a = a;
        this.target = target;
        this.half = half;
    }

    /// Rows that one pass can take.
    static int mostRows(Target target) {
        return target.wide() ? 16 : 4;
    }

    private Vec vec(int index) {
        return Vec.of(index, target.bits());
    }

    /// The levels of step `step`.
    Vec step(int step) {
        return vec(step);
    }

    /// The sums of row `row` of the tile.
    Vec sum(int row) {
        return vec(STEPS + row);
    }

    /// How many integer sums can be under way.
    int products() {
        return target.wide() ? 4 : 1;
    }

    /// Integer sum `i`.
    Vec product(int i) {
        return target.wide() ? vec(24 + i) : vec(12);
    }

    /// Scratch.
    Vec temporary() {
        return target.wide() ? vec(30) : vec(13);
    }

    /// The scales of the group at work.
    Vec scale() {
        return target.wide() ? vec(28) : vec(14);
    }

    /// The minima of the group at work; scratch for formats without.
    Vec minimum() {
        return target.wide() ? vec(29) : vec(15);
    }

    /// A mask of the lower half of every byte, where there is a register for it.
    void prepare() {
        if (target.wide()) {
            a.emit(VPBROADCASTD, vec(31), a.words(LOW_NIBBLES));
        }
    }

    /// Lanes of a register times `bytes` bytes each, `offset` bytes into the scales.
    private Mem scaleAt(int offset, int bytes) {
        return Mem.at(SCALES, offset + half * target.lanes() * bytes);
    }

    private Mem levelsAt(int offset) {
        return Mem.at(LEVELS, offset + half * target.bits() / 8);
    }

    /// A constant word in all lanes, for instructions on 32-bit words.
    Mem all(int word) {
        return target.wide() ? a.words(word).broadcast() : vector(word);
    }

    /// A whole vector of a constant word.
    Mem vector(int word) {
        int[] words = new int[target.lanes()];
        Arrays.fill(words, word);
        return a.words(words);
    }

    /// Loads 64 bytes of the panel's levels (or the half's share).
    void load(Vec to, int offset) {
        a.emit(VMOVUPS, to, levelsAt(offset));
    }

    /// `step = lower half of every byte of what lies at offset`.
    void lowNibbles(int step, int offset) {
        if (target.wide()) {
            a.emit(VPANDD, step(step), vec(31), levelsAt(offset));
        } else {
            load(step(step), offset);
            a.emit(VPANDD, step(step), step(step), all(LOW_NIBBLES));
        }
    }

    /// `step = upper half of every byte of what lies at offset`.
    void highNibbles(int step, int offset) {
        load(step(step), offset);
        a.emit(VPSRLW, 4, step(step), step(step));
        a.emit(VPANDD, step(step), step(step), target.wide() ? vec(31) : all(LOW_NIBBLES));
    }

    /// Takes bits `from..` of every byte of `source` to where `mask` has bits from `to` on, and adds them to the
    /// step.
    void mergeBits(int step, Vec source, int from, int to, int mask) {
        Vec moved = temporary();
        if (from < to) {
            a.emit(VPSLLD, to - from, moved, source);
        } else if (from > to) {
            a.emit(VPSRLD, from - to, moved, source);
        } else {
            moved = source;
        }
        int everyByte = mask * 0x01010101;
        if (target.wide()) {
            // step | (moved & mask)
            a.emit(VPTERNLOGD, 0xF8, step(step), moved, all(everyByte));
        } else {
            a.emit(VPANDD, temporary(), moved, all(everyByte));
            a.emit(VPORD, step(step), step(step), temporary());
        }
    }

    /// `to` = the f16 numbers at `offset` of the scales.
    void halves(Vec to, int offset) {
        a.emit(VCVTPH2PS, to, scaleAt(offset, 2));
    }

    /// `to` = the f16 numbers at `unit` times the bytes at `offset`, both of the scales.
    void scaledBytes(Vec to, int unit, int offset, boolean signed) {
        a.emit(signed ? VPMOVSXBD : VPMOVZXBD, to, scaleAt(offset, 1));
        a.emit(VCVTDQ2PS, to, to);
        halves(temporary(), unit);
        a.emit(VMULPS, to, to, temporary());
    }

    /// `to = -to`.
    void negate(Vec to) {
        a.emit(VXORPS, to, to, all(0x80000000));
    }
}
