package dev.vivace;

/// A caller's option, argument or plan is wrong; the command line ends with code 2.
public final class OptionException extends VivaceException {
    private static final long serialVersionUID = 1L;

    /// @param message one sentence: what failed, the value, what was expected
    public OptionException(String message) {
        super(message);
    }

    /// @param message one sentence: what failed, the value, what was expected
    /// @param cause what was caught
    public OptionException(String message, Throwable cause) {
        super(message, cause);
    }
}
