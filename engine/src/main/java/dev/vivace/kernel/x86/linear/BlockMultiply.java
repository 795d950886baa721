package dev.vivace.kernel.x86.linear;

import static dev.vivace.kernel.x86.asm.Op.*;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Vec;

/// Writes the code that multiplies a tile of int8 rows by quantized panels. For every sub-block the products of bytes
/// are summed exactly in int32; the sums, times both scales, are added to f32 sums in the order of columns.
///
/// The code's arguments: panels, the tile's bytes in the first block of its group, the tile's scales there, `y`, its
/// row stride in bytes with the units of a panel in the upper 32 bits, panels.
final class BlockMultiply {
    private static final Gpr PANEL = Gpr.RDI;
    private static final Gpr BYTES = Gpr.RSI;
    private static final Gpr NUMBERS = Gpr.RDX;
    private static final Gpr Y = Gpr.RCX;
    private static final Gpr STRIDE = Gpr.R8;
    private static final Gpr PANELS = Gpr.R9;
    private static final Gpr UNITS = Gpr.R10;
    private static final Gpr LEFT = Gpr.R11;
    private static final Gpr ROW_BYTES = Gpr.R12;
    private static final Gpr ROW_NUMBERS = Gpr.R13;
    private static final Gpr OUT = Gpr.RAX;
    private static final Gpr[] SAVED = {Gpr.RBX, Gpr.R12, Gpr.R13};

    private final Assembler a;
    private final BlockFormat format;
    private final Target target;
    private final int rows;
    /// How far ahead weights are asked for, bytes; 0: not at all.
    private final int ahead;

    private BlockMultiply(Assembler a, BlockFormat format, Target target, int rows, int ahead) {
        this.a = a;
        this.format = format;
        this.target = target;
        this.rows = rows;
        this.ahead = ahead;
    }

    static Code emit(BlockFormat format, Target target, int rows, int ahead) {
        Assembler a = new Assembler(format.dtype() + " times " + rows + " rows");
        new BlockMultiply(a, format, target, rows, ahead).code();
        return a.finish();
    }

    private void code() {
        for (Gpr saved : SAVED) {
            a.push(saved);
        }
        a.mov(UNITS, STRIDE);
        a.shr(UNITS, 32);
        a.shl(STRIDE, 32);
        a.shr(STRIDE, 32);
        Label panel = a.here();
        int halves = PanelFormat.OUTPUTS / target.lanes();
        for (int half = 0; half < halves; half++) {
            half(half);
        }
        // The scales end where the next panel begins, on the next full cache line.
        a.lea(PANEL, Mem.at(BlockRegisters.SCALES, 63));
        a.and(PANEL, -64);
        a.add(Y, 4 * PanelFormat.OUTPUTS);
        a.dec(PANELS);
        a.jump(Condition.NE, panel);
        for (int i = SAVED.length - 1; i >= 0; i--) {
            a.pop(SAVED[i]);
        }
        a.emit(VZEROUPPER);
        a.ret();
    }

    /// All units of a panel, or of the outputs of half of it.
    private void half(int half) {
        BlockRegisters to = new BlockRegisters(a, target, half);
        a.imul(BlockRegisters.SCALES, UNITS, format.levelBytes());
        a.add(BlockRegisters.SCALES, PANEL);
        if (half + 1 < PanelFormat.OUTPUTS / target.lanes()) {
            a.push(PANEL);
        }
        a.mov(ROW_BYTES, BYTES);
        a.mov(ROW_NUMBERS, NUMBERS);
        a.mov(LEFT, UNITS);
        to.prepare();
        for (int row = 0; row < rows; row++) {
            a.emit(VPXORD, to.sum(row), to.sum(row), to.sum(row));
        }
        Label unit = a.here();
        for (int sub = 0; sub < format.subBlocks(); sub++) {
            if (half == 0) {
                ask(sub);
            }
            format.unpack(to, sub);
            for (int group = 0; group < format.groups(); group++) {
                format.scales(to, sub, group);
                group(to, sub, group);
            }
        }
        a.add(BlockRegisters.LEVELS, format.levelBytes());
        a.add(BlockRegisters.SCALES, format.scaleBytes());
        a.add(ROW_BYTES, format.subBlocks() * Int8Block.BYTES);
        a.add(ROW_NUMBERS, format.subBlocks() * Int8Block.BYTES);
        a.dec(LEFT);
        a.jump(Condition.NE, unit);
        store(to, half);
        if (half + 1 < PanelFormat.OUTPUTS / target.lanes()) {
            a.pop(PANEL);
        }
    }

    /// Asks for this sub-block's share of what lies `ahead` in levels and scales.
    private void ask(int sub) {
        if (ahead == 0) {
            return;
        }
        int subs = format.subBlocks();
        int first = format.levelBytes() * sub / subs;
        for (int at = (first + 63) / 64 * 64; at < format.levelBytes() * (sub + 1) / subs; at += 64) {
            a.prefetch(0, Mem.at(BlockRegisters.LEVELS, ahead + at));
        }
        if (sub == 0) {
            for (int at = 0; at < format.scaleBytes(); at += 64) {
                a.prefetch(0, Mem.at(BlockRegisters.SCALES, ahead + at));
            }
        }
    }

    /// One scale's share of a sub-block, for all rows.
    private void group(BlockRegisters to, int sub, int group) {
        for (int first = 0; first < rows; first += to.products()) {
            int last = Math.min(rows, first + to.products());
            for (int row = first; row < last; row++) {
                begin(to, sub, group, row, to.product(row - first));
            }
            int steps = BlockRegisters.STEPS / format.groups();
            for (int step = group * steps; step < (group + 1) * steps; step++) {
                for (int row = first; row < last; row++) {
                    dot(to, to.product(row - first), to.step(step), bytes(sub, row, step));
                }
            }
            for (int row = first; row < last; row++) {
                add(to, sub, row, to.product(row - first));
            }
        }
    }

    private static Mem bytes(int sub, int row, int step) {
        return Mem.at(ROW_BYTES, sub * Int8Block.BYTES + Int8Block.COLUMNS * row + 4 * step);
    }

    private static Mem number(int sub, int row, int which) {
        return Mem.at(ROW_NUMBERS, sub * Int8Block.BYTES + which - Int8Block.SCALE + 4 * row);
    }

    /// Integer sums begin at what the levels' offset adds too much, negated.
    private void begin(BlockRegisters to, int sub, int group, int row, Vec product) {
        if (format.offset() == 0) {
            a.emit(VPXORD, product, product, product);
            return;
        }
        int which = format.groups() == 1 ? Int8Block.OFFSET : group == 0 ? Int8Block.OFFSET_LOW : Int8Block.OFFSET_HIGH;
        a.emit(VPBROADCASTD, product, number(sub, row, which));
        int smaller = Integer.numberOfTrailingZeros(128 / format.offset());
        if (smaller > 0) {
            a.emit(VPSRAD, smaller, product, product);
        }
    }

    /// `product += levels * bytes`, four columns in every lane. Without an instruction of its own it takes pairs in
    /// 16 bits, where only levels below 128 cannot overflow: those of 8 bits go in two parts.
    private void dot(BlockRegisters to, Vec product, Vec levels, Mem bytes) {
        if (target.dot() && target.wide()) {
            a.emit(VPDPBUSD, product, levels, bytes.broadcast());
            return;
        }
        Vec x = to.temporary();
        a.emit(VPBROADCASTD, x, bytes);
        if (target.dot()) {
            a.emit(VPDPBUSD, product, levels, x);
        } else if (format.bits() < 8) {
            pairs(to, product, levels, x, x, 0x00010001);
        } else {
            Vec part = to.minimum();
            a.emit(VPSRLW, 7, part, levels);
            a.emit(VPANDD, part, part, to.all(0x01010101));
            pairs(to, product, part, x, part, 0x00800080);
            a.emit(VPANDD, part, levels, to.all(0x7F7F7F7F));
            pairs(to, product, part, x, part, 0x00010001);
        }
    }

    /// `product += weight * (levels * x)`, using `through`.
    private void pairs(BlockRegisters to, Vec product, Vec levels, Vec x, Vec through, int weights) {
        a.emit(VPMADDUBSW, through, levels, x);
        a.emit(VPMADDWD, through, through, to.vector(weights));
        a.emit(VPADDD, product, product, through);
    }

    private void add(BlockRegisters to, int sub, int row, Vec product) {
        Mem scale = number(sub, row, Int8Block.SCALE);
        Mem sum = number(sub, row, Int8Block.SUM);
        Vec factor = to.temporary();
        a.emit(VCVTDQ2PS, product, product);
        if (target.wide()) {
            a.emit(VMULPS, factor, to.scale(), scale.broadcast());
        } else {
            a.emit(VBROADCASTSS, factor, scale);
            a.emit(VMULPS, factor, factor, to.scale());
        }
        a.emit(VFMADD231PS, to.sum(row), product, factor);
        if (format.hasMinimum()) {
            if (target.wide()) {
                a.emit(VFMADD231PS, to.sum(row), to.minimum(), sum.broadcast());
            } else {
                a.emit(VBROADCASTSS, factor, sum);
                a.emit(VFMADD231PS, to.sum(row), to.minimum(), factor);
            }
        }
    }

    private void store(BlockRegisters to, int half) {
        a.mov(OUT, Y);
        for (int row = 0; row < rows; row++) {
            a.emit(VMOVUPS_STORE, Mem.at(OUT, half * target.bits() / 8), to.sum(row));
            if (row + 1 < rows) {
                a.add(OUT, STRIDE);
            }
        }
    }
}
