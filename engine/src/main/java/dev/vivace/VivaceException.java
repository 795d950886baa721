package dev.vivace;

/// The root of every error that Vivace reports on purpose: one sentence for a person, which names what failed,
/// the value seen and what was expected. Anything else that escapes is a defect of ours.
public sealed class VivaceException extends RuntimeException
        permits OptionException, FormatException, UnsupportedException, CapacityException, CancelledException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 2000;

    /// An error with its sentence, made fit to print: what files and prompts brought into it may hold control
    /// characters, or be long.
    protected VivaceException(String message) {
        super(printable(message));
    }

    /// An error with its sentence, made fit to print, and what caused it.
    protected VivaceException(String message, Throwable cause) {
        super(printable(message), cause);
    }

    private static String printable(String message) {
        String cut = message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
        return cut.chars().anyMatch(Character::isISOControl) ? cut.replaceAll("\\p{Cc}", "\uFFFD") : cut;
    }
}
