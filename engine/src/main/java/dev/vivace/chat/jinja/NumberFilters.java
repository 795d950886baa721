package dev.vivace.chat.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Filters that make numbers or work on them.
final class NumberFilters {
    private NumberFilters() {}

    static Value abs(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'abs'");
        boolean negative = Numbers.isNumber(input) && Math.copySign(1, Numbers.real(input)) < 0;
        return Numbers.signed(run, negative, input);
    }

    static Value round(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'round'", "precision", "method");
        int digits = (int) Math.clamp(bound.whole(0, 0), -400, 400);
        String method = bound.text(1, "common").chars();
        if (!List.of("common", "ceil", "floor").contains(method)) {
            throw run.fault("the filter 'round' knows the methods common, ceil and floor, not '" + method + "'");
        }
        if (!Numbers.isNumber(input)) {
            throw run.fault(Python.refusal(input, input)
                    .orElse("the filter 'round' takes a number, not " + Python.typeName(input)));
        }
        double value = Numbers.real(input);
        if (!method.equals("common")) {
            double scale = Math.pow(10, digits);
            double scaled = method.equals("ceil") ? Math.ceil(value * scale) : Math.floor(value * scale);
            return new Value.Real(scaled / scale);
        }
        if (!(input instanceof Value.Real) && digits >= 0) {
            return Numbers.signed(run, false, input);
        }
        if (!Double.isFinite(value)) {
            return input;
        }
        BigDecimal exact = input instanceof Value.Int whole ? BigDecimal.valueOf(whole.value()) : new BigDecimal(value);
        BigDecimal rounded = exact.setScale(digits, RoundingMode.HALF_EVEN);
        return input instanceof Value.Real
                ? new Value.Real(Math.copySign(rounded.doubleValue(), value))
                : new Value.Int(rounded.longValue());
    }

    static Value sum(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'sum'", "attribute", "start");
        Value total = bound.at(1, new Value.Int(0));
        for (Value item : Python.items(run, input)) {
            Value one = bound.has(0) && !(bound.at(0) instanceof Value.None)
                    ? SelectFilters.path(run, item, bound.at(0), Optional.empty())
                    : item;
            total = Numbers.apply(run, "+", total, one);
        }
        return total;
    }

    static Value whole(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'int'", "default", "base");
        return switch (input) {
            case Value.Undefined undefined -> throw run.fault(undefined.why());
            case Value.Int number -> number;
            case Value.Bool bool -> Numbers.signed(run, false, bool);
            case Value.Real real -> truncated(run, real.value()).orElse(bound.at(0, new Value.Int(0)));
            case Text text -> {
                run.charge(text.chars().length());
                String digits = text.strip(true, true, "").chars();
                Optional<Value> parsed = wholeOf(run, digits, (int) Math.clamp(bound.whole(1, 10), 0, 37));
                if (parsed.isEmpty()) {
                    parsed = realOf(digits).flatMap(real -> truncated(run, real));
                }
                yield parsed.orElse(bound.at(0, new Value.Int(0)));
            }
            default -> bound.at(0, new Value.Int(0));
        };
    }

    private static Optional<Value> truncated(Evaluation run, double real) {
        if (!Double.isFinite(real)) {
            return Optional.empty();
        }
        if (Math.abs(real) >= 0x1p63) {
            throw run.fault("the number " + Printer.real(real) + " is beyond the limit of 64 bits");
        }
        return Optional.of(new Value.Int((long) real));
    }

    private static Optional<Value> wholeOf(Evaluation run, String text, int base) {
        if (base < 2 || base > 36) {
            throw run.fault("the filter 'int' takes a base from 2 to 36, not " + base);
        }
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String digits = text.substring(signed ? 1 : 0).toLowerCase(Locale.ROOT);
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "none";
        digits = digits.startsWith(prefix) ? digits.substring(2) : digits;
        digits = withoutUnderscores(digits);
        boolean all = !digits.isEmpty() && digits.chars().allMatch(c -> Character.digit(c, base) >= 0);
        if (!all) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Value.Int(Long.parseLong((text.startsWith("-") ? "-" : "") + digits, base)));
        } catch (NumberFormatException e) {
            throw run.fault("a number of " + digits.length() + " digits is beyond the limit of 64 bits");
        }
    }

    /// Python allows single underscores between digits; anything else is left to fail.
    private static String withoutUnderscores(String digits) {
        boolean wrong = digits.startsWith("_") || digits.endsWith("_") || digits.contains("__");
        return wrong ? digits : digits.replace("_", "");
    }

    static Value real(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'float'", "default");
        return switch (input) {
            case Value.Undefined undefined -> throw run.fault(undefined.why());
            case Text text -> {
                run.charge(text.chars().length());
                yield realOf(text.strip(true, true, "").chars())
                        .<Value>map(Value.Real::new)
                        .orElse(bound.at(0, new Value.Real(0)));
            }
            default -> Numbers.isNumber(input) ? new Value.Real(Numbers.real(input)) : bound.at(0, new Value.Real(0));
        };
    }

    private static Optional<Double> realOf(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        boolean signed = word.startsWith("-") || word.startsWith("+");
        switch (word.substring(signed ? 1 : 0)) {
            case "inf", "infinity" -> {
                return Optional.of(word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
            }
            case "nan" -> {
                return Optional.of(Double.NaN);
            }
            default -> {
                // Java's own parser also takes hexadecimal numbers and type suffixes, Python's does not.
                String digits = withoutUnderscores(word);
                if (!digits.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.e".indexOf(c) >= 0)) {
                    return Optional.empty();
                }
                try {
                    return Optional.of(Double.parseDouble(digits));
                } catch (NumberFormatException e) {
                    return Optional.empty();
                }
            }
        }
    }
}
