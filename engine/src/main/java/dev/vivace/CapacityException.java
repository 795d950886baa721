package dev.vivace;

/// Something does not fit: memory, context length, a count beyond its limit.
public final class CapacityException extends VivaceException {
    private static final long serialVersionUID = 1L;

    /// @param message one sentence: what failed, the value, what was expected
    public CapacityException(String message) {
        super(message);
    }

    /// @param message one sentence: what failed, the value, what was expected
    /// @param cause what was caught
    public CapacityException(String message, Throwable cause) {
        super(message, cause);
    }
}
