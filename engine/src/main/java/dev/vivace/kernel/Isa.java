package dev.vivace.kernel;

/// A level of machine that kernels are written for, weakest first.
public enum Isa {
    /// Plain Java loops.
    SCALAR,
    /// The Vector API at the machine's preferred width.
    VECTOR,
    /// Emitted x86-64 machine code with 256-bit vectors; with AVX-VNNI where the processor has it.
    AVX2,
    /// Emitted x86-64 machine code with 512-bit vectors (AVX-512 F, BW, DQ, VL).
    AVX512,
    /// As [#AVX512] with int8 dot products, and bf16 ones where the processor has them and they pay.
    VNNI,
    /// As [#VNNI] with tiles for prefill.
    AMX
}
