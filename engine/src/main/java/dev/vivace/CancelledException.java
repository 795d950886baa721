package dev.vivace;

/// The work was ended on request before it was done.
public final class CancelledException extends VivaceException {
    private static final long serialVersionUID = 1L;

    /// @param message one sentence: what failed, the value, what was expected
    public CancelledException(String message) {
        super(message);
    }

    /// @param message one sentence: what failed, the value, what was expected
    /// @param cause what was caught
    public CancelledException(String message, Throwable cause) {
        super(message, cause);
    }
}
