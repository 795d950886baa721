package dev.vivace.seam;

/// Whether stored keys carry their position already.
public enum KeyForm {
    /// Rotated when stored: cheapest to read.
    ROTATED,
    /// Stored as projected and rotated when read, so that positions may be given anew.
    RAW
}
