package dev.vivace.cli;

/// Text from files made safe to show: a terminal acts on control characters, so a file could otherwise speak to it.
final class Printable {
    private Printable() {}

    /// `text` on one line: line breaks and tabs as `\n`, `\r`, `\t`, other control characters as `\xNN`.
    static String line(String text) {
        return escape(text, false);
    }

    /// `text` with its line breaks and tabs, other control characters as `\xNN`.
    static String lines(String text) {
        return escape(text, true);
    }

    /// `text` on one line, cut to `most` characters with an ellipsis.
    static String line(String text, int most) {
        String line = line(text.length() > most ? text.substring(0, most) : text);
        return text.length() > most || line.length() > most ? cut(line, most - 1) + "…" : line;
    }

    private static String cut(String text, int most) {
        int end = Math.min(most, text.length());
        boolean splits = end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
        return text.substring(0, splits ? end - 1 : end);
    }

    private static String escape(String text, boolean keepLines) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isISOControl(c) || (keepLines && (c == '\n' || c == '\t'))) {
                safe.append(c);
            } else {
                switch (c) {
                    case '\n' -> safe.append("\\n");
                    case '\r' -> safe.append("\\r");
                    case '\t' -> safe.append("\\t");
                    default -> safe.append(String.format("\\x%02x", (int) c));
                }
            }
        }
        return safe.toString();
    }
}
