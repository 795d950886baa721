package dev.vivace;

/// Why an answer ended.
public enum FinishReason {
    /// The model ended it, or a stop string appeared.
    STOP,
    /// All tokens asked for were made, or the context is full.
    LENGTH,
    /// Somebody cancelled it.
    CANCELLED
}
