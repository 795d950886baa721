package dev.vivace.kernel.x86.linear;

import static dev.vivace.kernel.x86.asm.Gpr.*;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.Matrix;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Brings rows of f32 into [InputForm#INT8]: blocks of 32 signed bytes with an f32 scale and their sums. With `m`
/// the largest magnitude of a block, `d = m / 127` and `q = round(x * (127 / m))`, to nearest even. A block with `m`
/// below 2^-119 is all zeros, scale too: 127 / m would soon be infinite. A block with a NaN or an infinity has a
/// scale of NaN or infinity, so that no product with it looks like a number.
///
/// [Int8Block] says where everything lies. Columns past the last count as zeros. Safe for all threads: a row writes
/// its own bytes only.
public final class Int8Inputs {
    /// The least maximum that is not taken for 0; `m / 127` is then a normal number.
    static final float LEAST = 0x1p-119f;

    private static final int NOT_LESS = 5;

    private final Kernel kernel;

    /// @param target what may be emitted
    public Int8Inputs(Target target) {
        this.kernel = new Kernel(() -> new Emitter(target).code());
    }

    /// Writes rows `[rowFrom, rowTo)` of `inputs.x` to `inputs.prepared`; other rows' bytes stay as they are.
    public void prepare(Inputs inputs, int rowFrom, int rowTo) {
        Matrix x = inputs.x;
        assert inputs.form == InputForm.INT8 : inputs.form;
        assert rowFrom >= 0 && rowTo <= x.rows() : "rows=[" + rowFrom + ", " + rowTo + ") of " + x.rows();
        assert x.data().isNative() && inputs.prepared.isNative() : "inputs must be native memory";
        assert inputs.prepared.byteSize() >= Int8Block.bytes(rowTo, x.columns())
                : "bytes=" + inputs.prepared.byteSize() + " rows=" + rowTo + " columns=" + x.columns();
        for (int from = rowFrom; from < rowTo; ) {
            int to = Math.min(rowTo, from / Int8Block.ROWS * Int8Block.ROWS + Int8Block.ROWS);
            kernel.call(
                    x.data().address() + x.offset(from),
                    4L * x.stride(),
                    inputs.prepared.address() + Int8Block.group(from, x.columns()),
                    from % Int8Block.ROWS,
                    to - from,
                    x.columns());
            from = to;
        }
    }

    /// `(x, bytes from row to row, group, row in the group, rows, columns)`.
    private static final class Emitter {
        private static final Vec MAX = Vec.xmm(4);
        private static final Vec INVERSE = Vec.xmm(5);
        private static final Vec SCALE = Vec.xmm(6);
        private static final Vec KEEP = Vec.xmm(7);
        private static final Vec COUNT = Vec.ymm(9);
        private static final Vec INSIDE = Vec.ymm(10);
        private static final Vec HUNDRED27 = Vec.xmm(12);
        private static final Vec TINY = Vec.xmm(13);

        private final Assembler a = new Assembler("int8 inputs");
        private final boolean wide;
        private final int bits;
        private final int parts;
        private final Vec magnitude;
        private final Vec zero = Vec.ymm(15);

        Emitter(Target target) {
            this.wide = target.wide();
            this.bits = target.bits();
            this.parts = Int8Block.COLUMNS / target.lanes();
            this.magnitude = Vec.of(14, bits);
        }

        Code code() {
            a.push(RBX);
            a.push(RBP);
            a.emit(Op.VBROADCASTSS, HUNDRED27, a.constant(127));
            a.emit(Op.VBROADCASTSS, TINY, a.constant(LEAST));
            a.emit(Op.VPBROADCASTD, magnitude, a.words(0x7FFFFFFF));
            a.emit(Op.VPXORD, zero, zero, zero);
            // RDX: the row's bytes in the first block, RCX: its numbers.
            a.mov(RAX, RCX);
            a.shl(RAX, 5);
            a.lea(RCX, Mem.at(RDX, RCX, 4, Int8Block.SCALE));
            a.add(RDX, RAX);
            a.mov(RBP, R9);
            a.shr(R9, 5);
            a.and(RBP, Int8Block.COLUMNS - 1);
            Label row = a.here();
            // All scales, then all bytes: the long way from inputs to a scale is then walked for many blocks at once.
            each(this::scale);
            each(this::bytes);
            a.add(RDI, RSI);
            a.add(RDX, Int8Block.COLUMNS);
            a.add(RCX, 4);
            a.dec(R8);
            a.jump(Condition.NE, row);
            a.pop(RBP);
            a.pop(RBX);
            a.emit(Op.VZEROUPPER);
            a.ret();
            return a.finish();
        }

        /// All blocks of a row: inputs at RAX, bytes at R10, numbers at R11.
        private void each(Consumer<IntConsumer> body) {
            Label last = a.label();
            Label done = a.label();
            a.mov(RAX, RDI);
            a.mov(R10, RDX);
            a.mov(R11, RCX);
            a.mov(RBX, R9);
            a.test(RBX, RBX);
            a.jump(Condition.E, last);
            Label block = a.here();
            body.accept(i -> a.emit(Op.VMOVUPS, part(i), at(i)));
            a.add(RAX, 4 * Int8Block.COLUMNS);
            a.add(R10, Int8Block.BYTES);
            a.add(R11, Int8Block.BYTES);
            a.dec(RBX);
            a.jump(Condition.NE, block);
            a.bind(last);
            a.test(RBP, RBP);
            a.jump(Condition.E, done);
            prepareRest();
            body.accept(this::loadRest);
            a.bind(done);
        }

        /// What the loads of a block that is not whole need.
        private void prepareRest() {
            if (wide) {
                a.mov(RBX, -1);
                a.emit(Op.BZHI, RBX, RBX, RBP);
                a.emit(Op.KMOVW_GPR, Mask.K1, RBX);
                a.shr(RBX, 16);
                a.emit(Op.KMOVW_GPR, Mask.K2, RBX);
            } else {
                a.emit(Op.VMOVD, COUNT.as(128), RBP);
                a.emit(Op.VPBROADCASTD, COUNT, COUNT.as(128));
            }
        }

        /// Zeros in place of what is missing.
        private void loadRest(int i) {
            if (wide) {
                a.emit(Op.VMOVUPS, part(i).maskZero(i == 0 ? Mask.K1 : Mask.K2), at(i));
            } else {
                int from = 8 * i;
                Mem lanes = a.words(from, from + 1, from + 2, from + 3, from + 4, from + 5, from + 6, from + 7);
                a.emit(Op.VPCMPGTD, INSIDE, COUNT, lanes);
                a.emit(Op.VMASKMOVPS, part(i), INSIDE, at(i));
            }
        }

        private Vec part(int i) {
            return Vec.of(i, bits);
        }

        private Mem at(int i) {
            return Mem.at(RAX, i * bits / 8);
        }

        /// Writes a block's scale, and its inverse where the sum of the first half will stand.
        private void scale(IntConsumer load) {
            largest(load);
            // Unordered counts as not less: NaN stays.
            a.emit(Op.VCMPPS, NOT_LESS, KEEP, MAX, TINY);
            a.emit(Op.VDIVPS, INVERSE, HUNDRED27, MAX);
            a.emit(Op.VDIVPS, SCALE, MAX, HUNDRED27);
            a.emit(Op.VANDPS, INVERSE, INVERSE, KEEP);
            a.emit(Op.VANDPS, SCALE, SCALE, KEEP);
            a.emit(Op.VMOVSS_STORE, Mem.at(R11), SCALE);
            a.emit(Op.VMOVSS_STORE, Mem.at(R11, Int8Block.OFFSET_LOW - Int8Block.SCALE), INVERSE);
        }

        /// Writes a block's bytes and sums.
        private void bytes(IntConsumer load) {
            Vec factor = INVERSE.as(bits);
            a.emit(Op.VBROADCASTSS, factor, Mem.at(R11, Int8Block.OFFSET_LOW - Int8Block.SCALE));
            for (int i = 0; i < parts; i++) {
                load.accept(i);
                a.emit(Op.VMULPS, part(i), part(i), factor);
                a.emit(Op.VCVTPS2DQ, part(i), part(i));
            }
            Vec bytes = Vec.ymm(0);
            narrow(bytes);
            a.emit(Op.VMOVUPS_STORE, Mem.at(R10), bytes);
            sums(bytes);
        }

        /// The largest magnitude, in all four lanes. Compared as integers NaN comes out on top.
        private void largest(IntConsumer load) {
            Vec all = MAX.as(bits);
            for (int i = 0; i < parts; i++) {
                load.accept(i);
                a.emit(Op.VPANDD, i == 0 ? all : Vec.of(8, bits), part(i), magnitude);
                if (i > 0) {
                    a.emit(Op.VPMAXUD, all, all, Vec.of(8, bits));
                }
            }
            if (wide) {
                a.emit(Op.VEXTRACTF64X4, 1, Vec.ymm(8), all);
                a.emit(Op.VPMAXUD, MAX.as(256), MAX.as(256), Vec.ymm(8));
            }
            a.emit(Op.VEXTRACTF128, 1, Vec.xmm(8), MAX.as(256));
            a.emit(Op.VPMAXUD, MAX, MAX, Vec.xmm(8));
            a.emit(Op.VPSHUFD, 0x4E, Vec.xmm(8), MAX);
            a.emit(Op.VPMAXUD, MAX, MAX, Vec.xmm(8));
            a.emit(Op.VPSHUFD, 0xB1, Vec.xmm(8), MAX);
            a.emit(Op.VPMAXUD, MAX, MAX, Vec.xmm(8));
        }

        /// 32 integers to 32 bytes, with saturation.
        private void narrow(Vec bytes) {
            if (wide) {
                a.emit(Op.VPMOVSDB_STORE, bytes.as(128), part(0));
                a.emit(Op.VPMOVSDB_STORE, Vec.xmm(1), part(1));
                a.emit(Op.VINSERTF128, 1, bytes, bytes, Vec.xmm(1));
            } else {
                a.emit(Op.VPACKSSDW, part(0), part(0), part(1));
                a.emit(Op.VPACKSSDW, part(2), part(2), part(3));
                a.emit(Op.VPACKSSWB, bytes, part(0), part(2));
                // Packing works within halves: groups of four come out as 0 2 4 6 1 3 5 7.
                a.emit(Op.VMOVUPS, Vec.ymm(8), a.words(0, 4, 1, 5, 2, 6, 3, 7));
                a.emit(Op.VPERMD, bytes, Vec.ymm(8), bytes);
            }
        }

        /// Sums of 8 bytes made positive, which there is an instruction for; less what that added.
        private void sums(Vec bytes) {
            Vec first = Vec.xmm(1);
            Vec last = Vec.xmm(2);
            a.emit(Op.VPXORD, bytes, bytes, repeat(0x80808080));
            a.emit(Op.VPSADBW, bytes, bytes, zero);
            a.emit(Op.VPSHUFD, 0x4E, first.as(256), bytes);
            a.emit(Op.VPADDD, first.as(256), first.as(256), bytes);
            a.emit(Op.VMOVUPS, last.as(256), repeat(16 * 128));
            a.emit(Op.VPSUBD, first.as(256), last.as(256), first.as(256));
            a.emit(Op.VPSLLD, 7, first.as(256), first.as(256));
            a.emit(Op.VEXTRACTF128, 1, last, first.as(256));
            a.emit(Op.VMOVD_STORE, Mem.at(R11, Int8Block.OFFSET_LOW - Int8Block.SCALE), first);
            a.emit(Op.VMOVD_STORE, Mem.at(R11, Int8Block.OFFSET_HIGH - Int8Block.SCALE), last);
            a.emit(Op.VPADDD, first, first, last);
            a.emit(Op.VMOVD_STORE, Mem.at(R11, Int8Block.OFFSET - Int8Block.SCALE), first);
            a.emit(Op.VCVTDQ2PS, first, first);
            a.emit(Op.VMULSS, first, first, a.constant(-1f / 128));
            a.emit(Op.VMULSS, first, first, Mem.at(R11));
            a.emit(Op.VMOVSS_STORE, Mem.at(R11, Int8Block.SUM - Int8Block.SCALE), first);
        }

        private Mem repeat(int word) {
            return a.words(word, word, word, word, word, word, word, word);
        }
    }
}
