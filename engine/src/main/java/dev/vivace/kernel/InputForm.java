package dev.vivace.kernel;

/// In what form a multiply reads its inputs. Matrices that read the same form share prepared inputs.
public enum InputForm {
    /// f32 rows as they are: nothing to prepare.
    F32,
    /// Blocks of 32 signed bytes with an f32 scale and their sum.
    INT8,
    /// Neighbours in pairs of bf16.
    BF16,
    /// Tiles of bf16, 16 rows by 32 columns.
    TILES
}
