package dev.vivace.kernel.x86.asm;

import org.jspecify.annotations.Nullable;

/// Memory at `base + index * scale + displacement`, or at a label.
///
/// @param base the base register; null for a label
/// @param index a general register, or a vector of offsets for gathers; null for none
/// @param scale 1, 2, 4 or 8
/// @param displacement bytes
/// @param broadcasts whether one element is read for all lanes (AVX-512)
/// @param label where the memory lies in the code itself; null unless base is
public record Mem(
        @Nullable Gpr base,
        @Nullable Operand index,
        int scale,
        int displacement,
        boolean broadcasts,
        @Nullable Label label)
        implements Operand {
    /// Checks that the operand can be encoded.
    public Mem {
        if (Integer.bitCount(scale) != 1 || scale < 1 || scale > 8) {
            throw new IllegalArgumentException("scale=" + scale + ", expected 1, 2, 4 or 8");
        }
        if ((base == null) == (label == null)) {
            throw new IllegalArgumentException("base=" + base + " label=" + label + ", expected one of the two");
        }
        if (index == Gpr.RSP || index != null && label != null) {
            throw new IllegalArgumentException(
                    "index=" + index + " cannot be an index" + (label == null ? "" : ": memory at a label has none"));
        }
        if (index != null && !(index instanceof Gpr) && !(index instanceof Vec)) {
            throw new IllegalArgumentException("index=" + index + ", expected a general register or a vector");
        }
    }

    /// `[base + displacement]`.
    public static Mem at(Gpr base, int displacement) {
        return new Mem(base, null, 1, displacement, false, null);
    }

    /// `[base]`.
    public static Mem at(Gpr base) {
        return at(base, 0);
    }

    /// `[base + index * scale + displacement]`.
    public static Mem at(Gpr base, Operand index, int scale, int displacement) {
        return new Mem(base, index, scale, displacement, false, null);
    }

    /// What lies at a label of the same code.
    public static Mem at(Label label) {
        return new Mem(null, null, 1, 0, false, label);
    }

    /// The same, one element for all lanes.
    public Mem broadcast() {
        return new Mem(base, index, scale, displacement, true, label);
    }

    /// The same, `bytes` further on.
    public Mem plus(int bytes) {
        return new Mem(base, index, scale, displacement + bytes, broadcasts, label);
    }

    @Override
    public String toString() {
        if (label != null) {
            return "[rip+" + label + (displacement == 0 ? "" : "+" + displacement) + "]" + (broadcasts ? "{bcst}" : "");
        }
        String sum = base + (index == null ? "" : "+" + index + "*" + scale);
        if (displacement != 0) {
            sum += displacement < 0
                    ? "-0x" + Integer.toHexString(-displacement)
                    : "+0x" + Integer.toHexString(displacement);
        }
        return "[" + sum + "]" + (broadcasts ? "{bcst}" : "");
    }
}
