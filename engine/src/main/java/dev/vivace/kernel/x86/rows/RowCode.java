package dev.vivace.kernel.x86.rows;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;
import java.util.Arrays;
import java.util.stream.IntStream;

/// What kernels that walk rows of f32 share: [#STEP] columns at a time in `STEP / lanes` vectors, then what is left
/// through the same arithmetic under masks, so that the place of a cut changes no bits and nothing outside is
/// touched.
///
/// Reserved: masks and register 31 with 512 bits, registers 14 and 15 with 256.
final class RowCode {
    /// Columns of a step.
    static final int STEP = 32;

    private static final int LESS = 1;
    private static final int GREATER = 6;
    private static final Vec INSIDE = Vec.ymm(14);

    final Assembler a;
    final boolean wide;
    final int lanes;
    private final int bits;
    /// Columns of a step that is not whole.
    final Tail tail = new Tail(Vec.ymm(15), Mask.K1, Mask.K2);
    private Gpr[] saved = {};

    RowCode(String name, Target target) {
        this.a = new Assembler(name);
        this.wide = target.wide();
        this.bits = target.bits();
        this.lanes = target.lanes();
    }

    /// Emits one vector of a step.
    interface Part {
        /// @param part which of the step's vectors
        /// @param masked whether columns may be missing
        void emit(int part, boolean masked);
    }

    /// A register that moves on with the columns.
    ///
    /// @param register the address of the step's first column
    /// @param bytes what a column takes
    record Pointer(Gpr register, int bytes) {
        static Pointer to(Gpr register) {
            return new Pointer(register, Float.BYTES);
        }
    }

    /// Vectors of a step.
    int parts() {
        return STEP / lanes;
    }

    Vec vec(int index) {
        return Vec.of(index, bits);
    }

    /// Pushes registers that the caller wants back.
    void save(Gpr... registers) {
        for (Gpr register : registers) {
            a.push(register);
        }
        saved = registers;
    }

    Code finish() {
        for (int i = saved.length - 1; i >= 0; i--) {
            a.pop(saved[i]);
        }
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }

    /// The number in all lanes, as an operand.
    Mem all(float value) {
        return all(Float.floatToRawIntBits(value));
    }

    /// The word in all lanes, as an operand.
    Mem all(int word) {
        if (wide) {
            return a.words(word).broadcast();
        }
        int[] words = new int[lanes];
        Arrays.fill(words, word);
        return a.words(words);
    }

    /// The number to all lanes of a register.
    void fill(Vec target, float value) {
        a.emit(Op.VBROADCASTSS, target, a.constant(value));
    }

    /// The lower half of a register to all lanes of a vector.
    void spread(Vec target, Gpr source) {
        a.emit(Op.VMOVD, target.as(128), source);
        a.emit(Op.VBROADCASTSS, target, target.as(128));
    }

    /// Parts two numbers of 32 bits without sign; one of them stays where they came from.
    void unpack(Gpr packed, Gpr low, Gpr high) {
        assert low == packed ^ high == packed : packed + " to " + low + " and " + high;
        Gpr first = low == packed ? high : low;
        a.mov(first, packed);
        a.shr(high, 32);
        a.shl(low, 32);
        a.shr(low, 32);
    }

    /// From elements to bytes, less what [#columns] of `count` columns moves a pointer on.
    void rowStep(Gpr stride, Gpr count, Gpr spare) {
        a.shl(stride, 2);
        a.mov(spare, count);
        a.shr(spare, 5);
        a.shl(spare, 7);
        a.sub(stride, spare);
    }

    /// Repeats `body` as often as `counter` says, which ends at 0; not at all if it is 0.
    void repeat(Gpr counter, Runnable body) {
        Label end = a.label();
        a.test(counter, counter);
        a.jump(Condition.E, end);
        Label again = a.here();
        body.run();
        a.dec(counter);
        a.jump(Condition.NE, again);
        a.bind(end);
    }

    /// Walks `count` columns; pointers end at the first column of the step that is not whole.
    ///
    /// @param left a register to count in
    void columns(Gpr count, Gpr left, Part body, Pointer... pointers) {
        whole(count, left, body, pointers);
        Label end = a.label();
        a.mov(left, count);
        a.and(left, STEP - 1);
        a.jump(Condition.E, end);
        begin(tail, left);
        for (int part = 0; part < parts(); part++) {
            body.emit(part, true);
        }
        a.bind(end);
    }

    /// As [#columns] without what is left.
    void whole(Gpr count, Gpr left, Part body, Pointer... pointers) {
        a.mov(left, count);
        a.shr(left, 5);
        repeat(left, () -> {
            for (int part = 0; part < parts(); part++) {
                body.emit(part, false);
            }
            for (Pointer pointer : pointers) {
                a.add(pointer.register(), STEP * pointer.bytes());
            }
        });
    }

    /// How many elements from an address on are inside.
    ///
    /// @param count register for that number, where vectors have 256 bits
    /// @param masks for vectors of 512 bits, one after another
    record Tail(Vec count, Mask... masks) {}

    /// Takes the number from a register.
    void begin(Tail tail, Gpr inside) {
        Vec count = wide ? Vec.zmm(31) : tail.count();
        if (wide) {
            a.emit(Op.VPBROADCASTD_GPR, count, inside);
            for (int i = 0; i < tail.masks().length; i++) {
                a.emit(Op.VPCMPD_K, GREATER, tail.masks()[i], count, numbers(16 * i));
            }
        } else {
            spread(count, inside);
        }
    }

    /// Loads vector `part` from `address` on; lanes outside become 0.
    void load(Vec target, Gpr address, int part, boolean masked) {
        load(target, at(address, part), part, masked);
    }

    void load(Vec target, Mem source, int part, boolean masked) {
        if (masked) {
            load(tail, target, source, part);
        } else {
            a.emit(Op.VMOVUPS, target, source);
        }
    }

    void load(Tail inside, Vec target, Mem source, int part) {
        if (wide) {
            a.emit(Op.VMOVUPS, target.maskZero(inside.masks()[part]), source);
        } else {
            a.emit(Op.VPCMPGTD, INSIDE, inside.count(), numbers(8 * part));
            a.emit(Op.VMASKMOVPS, target, INSIDE, source);
        }
    }

    /// Stores vector `part` from `address` on; lanes outside stay as they are.
    void store(Gpr address, int part, Vec source, boolean masked) {
        store(at(address, part), part, source, masked);
    }

    void store(Mem target, int part, Vec source, boolean masked) {
        if (masked) {
            store(tail, target, source, part);
        } else {
            a.emit(Op.VMOVUPS_STORE, target, source);
        }
    }

    void store(Tail inside, Mem target, Vec source, int part) {
        if (wide) {
            a.emit(Op.VMOVUPS_STORE, target, source.mask(inside.masks()[part]));
        } else {
            a.emit(Op.VPCMPGTD, INSIDE, inside.count(), numbers(8 * part));
            a.emit(Op.VMASKMOVPS_STORE, target, INSIDE, source);
        }
    }

    /// `target = source` in the lanes where `x` has its sign bit.
    void whereNegative(Vec target, Vec x, Vec source) {
        if (wide) {
            a.emit(Op.VPTESTMD_K, Mask.K7, x, all(0x80000000));
            a.emit(Op.VMOVUPS, target.mask(Mask.K7), source);
        } else {
            a.emit(Op.VBLENDVPS, target, target, source, x);
        }
    }

    /// `target = source` in the lanes where `x` is below `limit`.
    void whereLess(Vec target, Vec x, float limit, Vec source) {
        if (wide) {
            a.emit(Op.VCMPPS_K, LESS, Mask.K7, x, all(limit));
            a.emit(Op.VMOVUPS, target.mask(Mask.K7), source);
        } else {
            a.emit(Op.VCMPPS, LESS, INSIDE, x, all(limit));
            a.emit(Op.VBLENDVPS, target, target, source, INSIDE);
        }
    }

    /// Clears the f64 lanes of `half`, the elements from `half * lanes / 2` on, that are no columns of this step.
    void clearOutside(Vec doubles, int half) {
        int from = half * lanes / 2;
        Mem twice = a.words(IntStream.range(0, lanes).map(i -> from + i / 2).toArray());
        if (wide) {
            a.emit(Op.VPCMPD_K, GREATER, Mask.K7, Vec.zmm(31), twice);
            a.emit(Op.VMOVUPS, doubles.maskZero(Mask.K7), doubles);
        } else {
            a.emit(Op.VPCMPGTD, INSIDE, tail.count(), twice);
            a.emit(Op.VANDPS, doubles, doubles, INSIDE);
        }
    }

    Mem at(Gpr address, int part) {
        return Mem.at(address, part * bits / 8);
    }

    private Mem numbers(int from) {
        return a.words(IntStream.range(from, from + lanes).toArray());
    }
}
