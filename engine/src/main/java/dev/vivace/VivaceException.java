package dev.vivace;

/// The root of every error that Vivace reports on purpose: one sentence for a person, which names what failed,
/// the value seen and what was expected. Anything else that escapes is a defect of ours.
public sealed class VivaceException extends RuntimeException
        permits OptionException, FormatException, UnsupportedException, CapacityException, CancelledException {
    private static final long serialVersionUID = 1L;

    /// An error with its sentence.
    protected VivaceException(String message) {
        super(message);
    }

    /// An error with its sentence and what caused it.
    protected VivaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
