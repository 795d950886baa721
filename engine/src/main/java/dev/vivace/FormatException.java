package dev.vivace;

/// A file or text is damaged or lies about itself: names the place, the value and what was expected.
public final class FormatException extends VivaceException {
    private static final long serialVersionUID = 1L;

    /// @param message one sentence: what failed, the value, what was expected
    public FormatException(String message) {
        super(message);
    }

    /// @param message one sentence: what failed, the value, what was expected
    /// @param cause what was caught
    public FormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
