package dev.vivace.chat.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's two ways to fill a string: `"%s" % value` and `"{}".format(value)`. The result is the user's as a
/// whole as
/// soon as the format or any value is.
final class Formatting {
    private static final Pattern PERCENT =
            Pattern.compile("%(?:\\((\\w+)\\))?([-+ 0#]*)(\\d{0,6})(?:\\.(\\d{1,3}))?(.?)", Pattern.DOTALL);
    private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{(\\w*)(?:!([rs]))?\\}|[{}]");

    private Formatting() {}

    /// `format % parts`; `whole` is the right side before it was taken as a list of parts, for `%(name)s`.
    static Text percent(Evaluation run, Text format, List<Value> parts, Value whole) {
        StringBuilder out = new StringBuilder();
        boolean user = format.marked();
        int used = 0;
        int from = 0;
        Matcher matcher = PERCENT.matcher(format.chars());
        while (matcher.find()) {
            out.append(format.chars(), from, matcher.start());
            from = matcher.end();
            if ("%".equals(matcher.group(5))) {
                out.append('%');
                continue;
            }
            Value part;
            if (matcher.group(1) != null && whole instanceof Dict dict) {
                String name = matcher.group(1);
                part = dict.find(name)
                        .orElseThrow(() -> run.fault("the format names '" + name + "', which is missing"));
            } else if (used < parts.size()) {
                part = parts.get(used++);
            } else {
                throw run.fault("the format takes more than the " + parts.size() + " values given");
            }
            Text filled = fill(run, matcher, part);
            user |= filled.marked();
            run.chargeText(filled.chars().length());
            out.append(filled.chars());
        }
        if (used < parts.size() && !(whole instanceof Dict)) {
            throw run.fault("the format takes " + used + " values, not " + parts.size());
        }
        out.append(format.chars(), from, format.chars().length());
        run.chargeText(out.length());
        return Text.of(out.toString(), user);
    }

    private static Text fill(Evaluation run, Matcher spec, Value part) {
        String flags = spec.group(2);
        String digits = spec.group(4);
        String kind = spec.group(5);
        Text text = switch (kind) {
            case "s" -> Printer.str(run, part);
            case "r" -> Printer.repr(run, part);
            case "d", "i", "f", "x" -> number(run, kind, digits == null ? 6 : Integer.parseInt(digits), part);
            default -> throw run.fault("the format has '%" + kind + "'; supported are %s %r %d %i %f %x and %%");
        };
        if (digits != null && (kind.equals("s") || kind.equals("r"))) {
            int keep = Math.min(Integer.parseInt(digits), text.length());
            text = text.slice(0, text.chars().offsetByCodePoints(0, keep));
        }
        boolean numeric = !kind.equals("s") && !kind.equals("r");
        String sign = text.chars().startsWith("-") ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        String body = numeric && sign.equals("-") ? text.chars().substring(1) : text.chars();
        sign = numeric ? sign : "";
        int width = spec.group(3).isEmpty() ? 0 : Integer.parseInt(spec.group(3));
        int gap = Math.max(0, width - sign.length() - body.codePointCount(0, body.length()));
        run.charge(gap);
        boolean left = flags.contains("-");
        boolean zeros = numeric && !left && flags.contains("0");
        String padded = left
                ? sign + body + " ".repeat(gap)
                : zeros ? sign + "0".repeat(gap) + body : " ".repeat(gap) + sign + body;
        return Text.of(padded, text.marked());
    }

    private static Text number(Evaluation run, String kind, int digits, Value part) {
        if (!Numbers.isNumber(part)) {
            throw run.fault("the format has '%" + kind + "' for " + Python.typeName(part) + " where it takes a number");
        }
        double real = Numbers.real(part);
        if (kind.equals("f") && Double.isFinite(real)) {
            String plain = new BigDecimal(Math.abs(real))
                    .setScale(digits, RoundingMode.HALF_EVEN)
                    .toPlainString();
            return Text.of((1 / real < 0 || real < 0 ? "-" : "") + plain);
        }
        if (part instanceof Value.Real && (kind.equals("x") || !Double.isFinite(real))) {
            throw run.fault("the format has '%" + kind + "' for the float " + Printer.real(real));
        }
        long whole = part instanceof Value.Int number ? number.value() : (long) real;
        return Text.of(kind.equals("x") ? signedHex(whole) : Long.toString(whole));
    }

    private static String signedHex(long value) {
        return value < 0 && value != Long.MIN_VALUE ? "-" + Long.toHexString(-value) : Long.toHexString(value);
    }

    /// `format.format(...)` with `{}`, `{0}`, `{name}`, `{!r}` and doubled braces.
    static Text braces(Evaluation run, Text format, Args args) {
        StringBuilder out = new StringBuilder();
        boolean user = format.marked();
        int used = 0;
        int from = 0;
        Matcher matcher = BRACES.matcher(format.chars());
        while (matcher.find()) {
            out.append(format.chars(), from, matcher.start());
            from = matcher.end();
            String field = matcher.group(1);
            if (field == null) {
                if (matcher.group().length() == 1) {
                    throw run.fault("format() supports {}, {0}, {name} and {!r}; the format has a '" + matcher.group()
                            + "' at character " + matcher.start() + " that is none of these");
                }
                out.append(matcher.group().charAt(0));
                continue;
            }
            Value part = field.isEmpty() ? nth(run, args, Integer.toString(used++)) : nth(run, args, field);
            Text filled = "r".equals(matcher.group(2)) ? Printer.repr(run, part) : Printer.str(run, part);
            user |= filled.marked();
            run.chargeText(filled.chars().length());
            out.append(filled.chars());
        }
        out.append(format.chars(), from, format.chars().length());
        run.chargeText(out.length());
        return Text.of(out.toString(), user);
    }

    private static Value nth(Evaluation run, Args args, String field) {
        boolean number = field.length() < 7 && field.chars().allMatch(c -> c >= '0' && c <= '9');
        int index = number ? Integer.parseInt(field) : -1;
        Value found = number
                ? index < args.positional().size() ? args.positional().get(index) : null
                : args.named().get(field);
        if (found == null) {
            throw run.fault(String.format(Locale.ROOT, "format() has no value for {%s}", field));
        }
        return found;
    }
}
