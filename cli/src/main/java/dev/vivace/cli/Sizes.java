package dev.vivace.cli;

import java.util.Locale;

/// Numbers as people read them.
final class Sizes {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final String[] DECIMAL = {"", "K", "M", "B", "T", "Q"};

    private Sizes() {}

    /// Bytes with a binary unit, such as `91.7 MiB`.
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, BINARY[unit]);
    }

    /// A count with a decimal unit as models are named, such as `134.5M`.
    static String count(long count) {
        double value = count;
        int unit = 0;
        while (value >= 1000 && unit < DECIMAL.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0
                ? Long.toString(count)
                : String.format(Locale.ROOT, "%.4g", value).replaceAll("\\.?0+$", "") + DECIMAL[unit];
    }
}
