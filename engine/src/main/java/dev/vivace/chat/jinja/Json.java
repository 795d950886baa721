package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// `tojson` as chat templates know it: Python's `json.dumps` without escaping HTML, non-ASCII characters as they are
/// unless asked otherwise.
final class Json {
    private final Evaluation run;
    private final StringBuilder out = new StringBuilder();
    private final boolean ascii;
    private final boolean sorted;
    private final String indent;
    private final boolean lines;
    private final String itemMark;
    private final String keyMark;
    private boolean user;

    private Json(Evaluation run, Args.Bound args) {
        this.run = run;
        ascii = args.truth(0, false);
        Value width = args.at(1, Value.NONE);
        lines = !(width instanceof Value.None);
        indent = width instanceof Text text
                ? text.chars()
                : " ".repeat(lines ? (int) Math.clamp(args.whole(1), 0, 64) : 0);
        List<Value> marks = args.at(2, Value.NONE) instanceof Sequence given ? given.items() : List.of();
        itemMark = marks.size() == 2 ? Printer.str(run, marks.get(0)).chars() : lines ? "," : ", ";
        keyMark = marks.size() == 2 ? Printer.str(run, marks.get(1)).chars() : ": ";
        user = marks.stream().anyMatch(mark -> mark instanceof Text text && text.marked());
        sorted = args.truth(3, false);
    }

    static Value filter(Evaluation run, Value value, Args args) {
        Json json = new Json(
                run, args.bind(run, "the filter 'tojson'", "ensure_ascii", "indent", "separators", "sort_keys"));
        json.write(value, 0);
        return Text.of(json.out.toString(), json.user);
    }

    private void write(Value value, int depth) {
        run.charge(4);
        switch (value) {
            case Value.None none -> word("null");
            case Value.Bool bool -> word(bool.value() ? "true" : "false");
            case Value.Int number -> word(Long.toString(number.value()));
            case Value.Real real -> word(real(real.value()));
            case Text text -> quote(text);
            case Sequence items
            when items.kind() == Sequence.Kind.LIST || items.kind() == Sequence.Kind.TUPLE ->
                list(items.items(), depth);
            case Dict dict -> map(dict, depth);
            default -> throw run.fault(Python.typeName(value) + " has no JSON form");
        }
    }

    private static String real(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Printer.real(value);
    }

    private void list(List<Value> items, int depth) {
        word("[");
        for (int i = 0; i < items.size(); i++) {
            word(i > 0 ? itemMark : "");
            line(depth + 1);
            write(items.get(i), depth + 1);
        }
        if (!items.isEmpty()) {
            line(depth);
        }
        word("]");
    }

    private void map(Dict dict, int depth) {
        List<Dict.Entry> entries = new ArrayList<>(dict.entries());
        if (sorted) {
            run.charge(64L * entries.size());
            entries.sort(Comparator.comparing(Dict.Entry::key, (a, b) -> Python.order(run, a, b)));
        }
        word("{");
        for (int i = 0; i < entries.size(); i++) {
            word(i > 0 ? itemMark : "");
            line(depth + 1);
            key(entries.get(i).key());
            word(keyMark);
            write(entries.get(i).value(), depth + 1);
        }
        if (!entries.isEmpty()) {
            line(depth);
        }
        word("}");
    }

    private void key(Value key) {
        switch (key) {
            case Text text -> quote(text);
            case Value.None none -> word("\"null\"");
            case Value.Bool bool -> word(bool.value() ? "\"true\"" : "\"false\"");
            case Value.Int number -> word("\"" + number.value() + "\"");
            case Value.Real real -> word("\"" + real(real.value()) + "\"");
            default -> throw run.fault(Python.typeName(key) + " cannot be a key in JSON");
        }
    }

    private void line(int depth) {
        if (lines) {
            word("\n");
            for (int i = 0; i < depth; i++) {
                word(indent);
            }
        }
    }

    private void word(String word) {
        run.chargeText(word.length());
        out.append(word);
    }

    private void quote(Text text) {
        user |= text.marked();
        run.chargeText(text.chars().length() * 2L);
        out.append('"');
        text.chars().chars().forEach(c -> escape((char) c));
        out.append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default -> {
                if (c < 0x20 || (ascii && c > 0x7e)) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
