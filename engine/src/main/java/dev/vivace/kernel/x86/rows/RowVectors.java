package dev.vivace.kernel.x86.rows;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Operand;
import dev.vivace.kernel.x86.asm.Vec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Vectors of one width: numbers in all lanes, loads and stores of what is inside, choices between lanes. What differs
/// between widths is said here.
///
/// Reserved: masks and register 31 with 512 bits, those of numbers that are kept below it; registers 14 and 15 with
/// 256.
class RowVectors {
    private static final int LESS = 1;
    private static final int GREATER = 6;

    /// Lanes of the last load or store under a mask, with 256 bits.
    static final Vec INSIDE = Vec.ymm(14);

    final Assembler a;
    final boolean wide;
    final int lanes;

    /// Columns of a step that is not whole.
    final Tail tail = new Tail(Vec.ymm(15), Mask.K1, Mask.K2);

    private final int bits;
    private final Map<Integer, Vec> kept = new HashMap<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean waits;

    RowVectors(String name, Target target) {
        this.a = new Assembler(name);
        this.wide = target.wide();
        this.bits = target.bits();
        this.lanes = target.lanes();
    }

    /// The instructions that `body` emits, not written yet.
    List<Runnable> recorded(Runnable body) {
        waits = true;
        body.run();
        waits = false;
        List<Runnable> instructions = List.copyOf(waiting);
        waiting.clear();
        return instructions;
    }

    Vec vec(int index) {
        return Vec.of(index, bits);
    }

    /// An instruction of a [Part].
    void emit(Op op, Operand... operands) {
        if (waits) {
            waiting.add(() -> a.emit(op, operands));
        } else {
            a.emit(op, operands);
        }
    }

    /// As [#emit] with a number last.
    void emit(Op op, int number, Operand... operands) {
        if (waits) {
            waiting.add(() -> a.emit(op, number, operands));
        } else {
            a.emit(op, number, operands);
        }
    }

    /// Keeps numbers in registers where there are enough of them.
    void keep(float... values) {
        for (float value : values) {
            keep(Float.floatToRawIntBits(value));
        }
    }

    /// Keeps a word in a register where there are enough of them.
    void keep(int word) {
        if (wide) {
            Vec register = vec(30 - kept.size());
            assert register.index() > 24 : "too many numbers to keep";
            a.emit(Op.VBROADCASTSS, register, a.words(word));
            kept.put(word, register);
        }
    }

    /// The number in all lanes, as an operand.
    Operand all(float value) {
        return all(Float.floatToRawIntBits(value));
    }

    /// The word in all lanes, as an operand.
    Operand all(int word) {
        Vec register = kept.get(word);
        if (register != null) {
            return register;
        }
        if (wide) {
            return a.words(word).broadcast();
        }
        int[] words = new int[lanes];
        Arrays.fill(words, word);
        return a.words(words);
    }

    /// The number to all lanes of a register.
    void fill(Vec target, float value) {
        Vec register = kept.get(Float.floatToRawIntBits(value));
        if (register == null) {
            emit(Op.VBROADCASTSS, target, a.constant(value));
        } else {
            emit(Op.VMOVUPS, target, register);
        }
    }

    /// The lower half of a register to all lanes of a vector.
    void spread(Vec target, Gpr source) {
        a.emit(Op.VMOVD, target.as(128), source);
        a.emit(Op.VBROADCASTSS, target, target.as(128));
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
            emit(Op.VMOVUPS, target, source);
        }
    }

    void load(Tail inside, Vec target, Mem source, int part) {
        if (wide) {
            emit(Op.VMOVUPS, target.maskZero(inside.masks()[part]), source);
        } else {
            emit(Op.VPCMPGTD, INSIDE, inside.count(), numbers(8 * part));
            emit(Op.VMASKMOVPS, target, INSIDE, source);
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
            emit(Op.VMOVUPS_STORE, target, source);
        }
    }

    void store(Tail inside, Mem target, Vec source, int part) {
        if (wide) {
            emit(Op.VMOVUPS_STORE, target, source.mask(inside.masks()[part]));
        } else {
            emit(Op.VPCMPGTD, INSIDE, inside.count(), numbers(8 * part));
            emit(Op.VMASKMOVPS_STORE, target, INSIDE, source);
        }
    }

    /// `target = source` in the lanes where `x` has its sign bit.
    ///
    /// @param mask spoiled with 512 bits
    void whereNegative(Vec target, Vec x, Vec source, Mask mask) {
        if (wide) {
            emit(Op.VPTESTMD_K, mask, x, all(0x80000000));
            emit(Op.VMOVUPS, target.mask(mask), source);
        } else {
            emit(Op.VBLENDVPS, target, target, source, x);
        }
    }

    /// `target = source` in the lanes where `x` is below `limit`.
    ///
    /// @param mask spoiled with 512 bits; with 256 `x` is
    void whereLess(Vec target, Vec x, float limit, Vec source, Mask mask) {
        if (wide) {
            emit(Op.VCMPPS_K, LESS, mask, x, all(limit));
            emit(Op.VMOVUPS, target.mask(mask), source);
        } else {
            emit(Op.VCMPPS, LESS, x, x, all(limit));
            emit(Op.VBLENDVPS, target, target, source, x);
        }
    }

    /// Clears the f64 lanes of `half`, the elements from `half * lanes / 2` on, that are no columns of this step.
    void clearOutside(Vec doubles, int half) {
        int from = half * lanes / 2;
        Mem twice = a.words(IntStream.range(0, lanes).map(i -> from + i / 2).toArray());
        if (wide) {
            emit(Op.VPCMPD_K, GREATER, Mask.K7, Vec.zmm(31), twice);
            emit(Op.VMOVUPS, doubles.maskZero(Mask.K7), doubles);
        } else {
            emit(Op.VPCMPGTD, INSIDE, tail.count(), twice);
            emit(Op.VANDPS, doubles, doubles, INSIDE);
        }
    }

    Mem at(Gpr address, int part) {
        return Mem.at(address, part * bits / 8);
    }

    private Mem numbers(int from) {
        return a.words(IntStream.range(from, from + lanes).toArray());
    }
}
