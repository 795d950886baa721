package dev.vivace.kernel;

/// A unit of a processor that multiplies and adds; each has a peak of its own.
public enum Arithmetic {
    /// f32 multiply-adds.
    F32,
    /// Products of bf16 added up in f32.
    BF16,
    /// Products of 8-bit integers added up in 32 bits.
    INT8,
    /// As [#BF16], on tiles.
    BF16_TILES,
    /// As [#INT8], on tiles.
    INT8_TILES
}
