/// Machine code for x86-64 that Java writes into executable memory and calls, one sub-package a family of kernels, and
/// `asm`, the assembler. [X86Levels][dev.vivace.kernel.x86.X86Levels] says which levels this machine runs;
/// [Kernel][dev.vivace.kernel.x86.Kernel] is one emitted kernel.
package dev.vivace.kernel.x86;
