package dev.vivace.chat.jinja;

/// Where a number in a tag ends, and whether it is a float.
record NumberScan(int end, boolean real) {
    /// Looks at the number that begins with the digit at `from`. Behind a dot only whole numbers stand, so that
    /// `x.0.1`
    /// takes two indices.
    static NumberScan at(String source, int from) {
        boolean behindDot = from > 0 && source.charAt(from - 1) == '.';
        int whole = digits(source, from, 10);
        int real = whole;
        if (is(source, whole, '.') && digits(source, whole + 1, 10) > whole + 1) {
            real = digits(source, whole + 1, 10);
        }
        if (is(source, real, 'e')) {
            int power = real + (is(source, real + 1, '+') || is(source, real + 1, '-') ? 2 : 1);
            int end = digits(source, power, 10);
            real = end > power ? end : real;
        }
        if (real > whole && !behindDot) {
            return new NumberScan(real, true);
        }
        return new NumberScan(source.charAt(from) == '0' ? zero(source, from) : whole, false);
    }

    /// The end of a number that begins with 0: one of another base, or zeros alone.
    private static int zero(String source, int from) {
        int radix = is(source, from + 1, 'x') ? 16 : is(source, from + 1, 'o') ? 8 : is(source, from + 1, 'b') ? 2 : 1;
        int first = from + (is(source, from + 2, '_') ? 3 : 2);
        int end = radix > 1 ? digits(source, first, radix) : first;
        return end > first ? end : digits(source, from, 1);
    }

    /// The end of a run of digits, single underscores between them.
    private static int digits(String source, int from, int radix) {
        int end = from;
        while (end < source.length()) {
            int next = end > from && is(source, end, '_') ? end + 1 : end;
            char c = next < source.length() ? source.charAt(next) : ' ';
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0 || digit >= radix) {
                break;
            }
            end = next + 1;
        }
        return end;
    }

    private static boolean is(String source, int index, char c) {
        return index < source.length() && Character.toLowerCase(source.charAt(index)) == c;
    }
}
