package dev.vivace.chat.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/// How Python prints: `str` for a value that stands alone, `repr` for one inside a list or map.
final class Printer {
    private final Evaluation run;
    private final StringBuilder out = new StringBuilder();
    private boolean user;
    private int depth;

    private Printer(Evaluation run) {
        this.run = run;
    }

    /// `str(value)`; an undefined value is empty.
    static Text str(Evaluation run, Value value) {
        return switch (value) {
            case Text text -> text;
            case Value.Undefined undefined -> Text.EMPTY;
            default -> repr(run, value);
        };
    }

    /// `repr(value)`: the user's as a whole as soon as any part is.
    static Text repr(Evaluation run, Value value) {
        Printer printer = new Printer(run);
        printer.print(value);
        return Text.of(printer.out.toString(), printer.user);
    }

    private void print(Value value) {
        run.charge(4);
        if (++depth > Evaluation.NESTING + 10) {
            throw run.fault("a value nests deeper than can be printed");
        }
        switch (value) {
            case Value.Undefined undefined -> word("Undefined");
            case Value.None none -> word("None");
            case Value.Bool bool -> word(bool.value() ? "True" : "False");
            case Value.Int number -> word(Long.toString(number.value()));
            case Value.Real real -> word(real(real.value()));
            case Text text -> quote(text);
            case Sequence items when items.kind() == Sequence.Kind.LIST -> list("[", items.items(), "]");
            case Sequence items
            when items.kind() == Sequence.Kind.TUPLE ->
                list("(", items.items(), items.items().size() == 1 ? ",)" : ")");
            case Dict dict -> map(dict.entries());
            case Namespace namespace -> namespace(namespace);
            case Sequence items -> throw run.fault("cannot print a " + items.kind().label + "; put `| list` behind it");
            case Function function -> throw run.fault("cannot print the function '" + function.name() + "'");
            case LoopState loop -> throw run.fault("cannot print the loop");
        }
        depth--;
    }

    private void namespace(Namespace namespace) {
        List<Dict.Entry> entries = new ArrayList<>();
        namespace.attributes().forEach((name, value) -> entries.add(new Dict.Entry(Text.of(name), value)));
        word("<Namespace ");
        map(entries);
        word(">");
    }

    private void word(String word) {
        run.chargeText(word.length());
        out.append(word);
    }

    private void list(String open, List<Value> items, String close) {
        word(open);
        for (Iterator<Value> i = items.iterator(); i.hasNext(); ) {
            print(i.next());
            word(i.hasNext() ? ", " : "");
        }
        word(close);
    }

    private void map(List<Dict.Entry> entries) {
        word("{");
        for (Iterator<Dict.Entry> i = entries.iterator(); i.hasNext(); ) {
            Dict.Entry entry = i.next();
            print(entry.key());
            word(": ");
            print(entry.value());
            word(i.hasNext() ? ", " : "");
        }
        word("}");
    }

    private void quote(Text text) {
        user |= text.marked();
        run.chargeText(text.chars().length());
        char mark = text.chars().contains("'") && !text.chars().contains("\"") ? '"' : '\'';
        out.append(mark);
        text.chars().codePoints().forEach(point -> escape(point, mark));
        out.append(mark);
    }

    private void escape(int point, char mark) {
        switch (point) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (point == mark || point == '\\') {
                    out.append('\\').appendCodePoint(point);
                } else if (isPrintable(point)) {
                    out.appendCodePoint(point);
                } else {
                    String form = point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x";
                    out.append(String.format(Locale.ROOT, form, point));
                }
            }
        }
    }

    /// What Python's `repr` writes as it is.
    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> point == ' ';
            default -> true;
        };
    }

    /// `repr` of a float: the shortest digits that read back as the same number, with an exponent from 1e16 and
    /// below
    /// 1e-4.
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        // Java writes two digits where Python is content with one, as for 5e-324.
        BigDecimal single = shortest.round(new MathContext(1));
        shortest = single.doubleValue() == Math.abs(value) ? single.stripTrailingZeros() : shortest;
        String sign = value < 0 ? "-" : "";
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return sign + plain + (plain.contains(".") ? "" : ".0");
        }
        String digits = shortest.unscaledValue().toString();
        String point = digits.length() > 1 ? "." + digits.substring(1) : "";
        return String.format(
                Locale.ROOT,
                "%s%s%se%s%02d",
                sign,
                digits.charAt(0),
                point,
                exponent < 0 ? "-" : "+",
                Math.abs(exponent));
    }
}
