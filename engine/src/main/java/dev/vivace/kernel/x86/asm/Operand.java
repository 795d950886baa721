package dev.vivace.kernel.x86.asm;

/// What an instruction works on. [#toString] gives Intel syntax.
public sealed interface Operand permits Gpr, Vec, Mask, Tile, Mem, Imm {}
