package dev.vivace.kernel.x86.asm;

/// What an EVEX instruction reads from memory: the unit in which one-byte displacements count (Intel's manual,
/// volume 2, table 2-34), and the element that a broadcast reads.
enum Tuple {
    /// No memory operand, or one without compression.
    NONE(0, 0),
    /// A whole vector, or one element of 32 bits for all lanes.
    FULL32(1, 4),
    /// A whole vector, or one element of 64 bits for all lanes.
    FULL64(1, 8),
    /// A whole vector.
    FULL_MEM(1, 0),
    /// Half a vector.
    HALF_MEM(2, 0),
    /// A quarter of a vector.
    QUARTER_MEM(4, 0),
    /// Half a vector, or one element of 32 bits for all lanes.
    HALF32(2, 4),
    /// One byte.
    SCALAR8(-1, 0),
    /// One element of 16 bits.
    SCALAR16(-2, 0),
    /// One element of 32 bits.
    SCALAR32(-4, 0),
    /// One element of 64 bits.
    SCALAR64(-8, 0),
    /// 128 bits.
    MEM128(-16, 0),
    /// 256 bits.
    MEM256(-32, 0);

    private final int part;
    private final int element;

    Tuple(int part, int element) {
        this.part = part;
        this.element = element;
    }

    boolean canBroadcast() {
        return element > 0;
    }

    /// Bytes that one step of a one-byte displacement counts.
    int unit(int bits, boolean broadcast) {
        if (broadcast) {
            return element;
        }
        return part == 0 ? 1 : part < 0 ? -part : bits / 8 / part;
    }
}
