package dev.vivace;

/// A sound input that this build cannot run, with the names of what it can.
public final class UnsupportedException extends VivaceException {
    private static final long serialVersionUID = 1L;

    /// @param message one sentence: what failed, the value, what was expected
    public UnsupportedException(String message) {
        super(message);
    }

    /// @param message one sentence: what failed, the value, what was expected
    /// @param cause what was caught
    public UnsupportedException(String message, Throwable cause) {
        super(message, cause);
    }
}
