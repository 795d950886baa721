package dev.vivace.sampling;

import dev.vivace.OptionException;

/// Checks of a stage's numbers, each with its sentence.
final class Range {
    private Range() {}

    /// Throws unless `low <= value <= high`; NaN never passes.
    static void closed(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new OptionException(name + "=" + plain(value) + ", expected " + plain(low) + " to " + plain(high));
        }
    }

    /// Throws unless `low < value <= high`; NaN never passes.
    static void above(String name, double value, double low, double high) {
        if (!(value > low && value <= high)) {
            throw new OptionException(
                    name + "=" + plain(value) + ", expected more than " + plain(low) + " up to " + plain(high));
        }
    }

    /// A number as a person writes it: whole numbers without a point.
    static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "" + (float) value;
    }
}
