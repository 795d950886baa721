/// A small x86-64 assembler: what Java needs to write its own kernels. [Assembler] writes, [Op] is the table of
/// vector and tile instructions, [Code] is what comes out, with a listing to read.
///
/// To add an instruction: one line in [Op] (or a method in [Assembler] for a general register), and its bytes in
/// `instructions.txt` of the tests, and its operands in their `RandomInstructions` where they are not the usual ones.
package dev.vivace.kernel.x86.asm;
