package dev.vivace.kernel.x86;

import dev.vivace.kernel.Isa;

/// What emitters may use.
///
/// @param isa the level's name
/// @param bits width of vectors: 256 with VEX and 16 registers, or 512 with masks and 32 registers
/// @param dot whether there is VPDPBUSD at that width
/// @param bf16 whether there is VDPBF16PS (512 bits only)
/// @param tiles whether there are AMX tiles, permission granted
public record Target(Isa isa, int bits, boolean dot, boolean bf16, boolean tiles) {
    /// Whether vectors have 512 bits, and with them masks and 32 registers.
    public boolean wide() {
        return bits == 512;
    }

    /// f32 lanes of a vector.
    public int lanes() {
        return bits / 32;
    }
}
