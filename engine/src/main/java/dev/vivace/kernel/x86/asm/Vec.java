package dev.vivace.kernel.x86.asm;

/// A vector register, with the mask that a destination may carry.
///
/// @param index 0..31
/// @param bits 128, 256 or 512
/// @param mask lanes that are written; K0 for all
/// @param zeroing whether the other lanes become 0 instead of staying
public record Vec(int index, int bits, Mask mask, boolean zeroing) implements Operand {
    /// Checks the ranges.
    public Vec {
        if (index < 0 || index > 31 || bits != 128 && bits != 256 && bits != 512) {
            throw new IllegalArgumentException("no register " + index + " of " + bits + " bits");
        }
        if (zeroing && mask == Mask.K0) {
            throw new IllegalArgumentException("register " + index + ": k0 stands for no mask and zeroes nothing");
        }
    }

    /// `xmm` of this number.
    public static Vec xmm(int index) {
        return new Vec(index, 128, Mask.K0, false);
    }

    /// `ymm` of this number.
    public static Vec ymm(int index) {
        return new Vec(index, 256, Mask.K0, false);
    }

    /// `zmm` of this number.
    public static Vec zmm(int index) {
        return new Vec(index, 512, Mask.K0, false);
    }

    /// A register of `bits` bits.
    public static Vec of(int index, int bits) {
        return new Vec(index, bits, Mask.K0, false);
    }

    /// Only the lanes in `lanes` are written.
    public Vec mask(Mask lanes) {
        return new Vec(index, bits, lanes, false);
    }

    /// Only the lanes in `lanes` are written, the others become 0.
    public Vec maskZero(Mask lanes) {
        return new Vec(index, bits, lanes, true);
    }

    /// The same register seen as `width` bits.
    public Vec as(int width) {
        return new Vec(index, width, mask, zeroing);
    }

    @Override
    public int number() {
        return index;
    }

    @Override
    public String toString() {
        String name = switch (bits) {
            case 128 -> "xmm";
            case 256 -> "ymm";
            default -> "zmm";
        };
        return name + index + (mask == Mask.K0 ? "" : "{" + mask + "}") + (zeroing ? "{z}" : "");
    }
}
