package dev.vivace.chat.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Python's arithmetic on values; strings and lists take part in `+`, `*` and `%`.
final class Numbers {
    private Numbers() {}

    static boolean isNumber(Value value) {
        return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
    }

    private static boolean isWhole(Value value) {
        return value instanceof Value.Int || value instanceof Value.Bool;
    }

    private static long whole(Value value) {
        return value instanceof Value.Int number ? number.value() : value == Value.TRUE ? 1 : 0;
    }

    static double real(Value value) {
        return value instanceof Value.Real real ? real.value() : whole(value);
    }

    /// The order of two numbers, a NaN behind all others, so that sorting always has an order.
    static int compare(Value a, Value b) {
        if (isWhole(a) && isWhole(b)) {
            return Long.compare(whole(a), whole(b));
        }
        double x = real(a);
        double y = real(b);
        if (Double.isFinite(x) && Double.isFinite(y)) {
            return exact(a).compareTo(exact(b));
        }
        return Double.compare(x, y);
    }

    /// Whether it is the number that is equal to nothing.
    static boolean isNaN(Value value) {
        return value instanceof Value.Real real && Double.isNaN(real.value());
    }

    private static BigDecimal exact(Value value) {
        return value instanceof Value.Real real ? new BigDecimal(real.value()) : BigDecimal.valueOf(whole(value));
    }

    /// Applies a binary operator: `+ - * / // % **`.
    static Value apply(Evaluation run, String operator, Value a, Value b) {
        if (isWhole(a) && isWhole(b)) {
            return wholes(run, operator, whole(a), whole(b));
        }
        if (isNumber(a) && isNumber(b)) {
            return new Value.Real(reals(run, operator, real(a), real(b)));
        }
        if (operator.equals("+") && a instanceof Text x && b instanceof Text y) {
            run.chargeText((long) x.chars().length() + y.chars().length());
            return x.plus(y);
        }
        if (operator.equals("+") && a instanceof Sequence x && b instanceof Sequence y && joins(x, y)) {
            run.chargeItems((long) x.items().size() + y.items().size());
            List<Value> joined = new ArrayList<>(x.items());
            joined.addAll(y.items());
            return new Sequence(x.kind(), joined);
        }
        if (operator.equals("*") && (isWhole(a) || isWhole(b))) {
            return isWhole(a) ? repeat(run, b, whole(a)) : repeat(run, a, whole(b));
        }
        if (operator.equals("%") && a instanceof Text format) {
            List<Value> parts =
                    b instanceof Sequence tuple && tuple.kind() == Sequence.Kind.TUPLE ? tuple.items() : List.of(b);
            return Formatting.percent(run, format, parts, b);
        }
        throw run.fault(Python.refusal(a, b)
                .orElse("'" + operator + "' does not work between " + Python.typeName(a) + " and "
                        + Python.typeName(b)));
    }

    private static boolean joins(Sequence a, Sequence b) {
        return a.kind() == b.kind() && (a.kind() == Sequence.Kind.LIST || a.kind() == Sequence.Kind.TUPLE);
    }

    private static Value wholes(Evaluation run, String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> new Value.Int(Math.addExact(a, b));
                case "-" -> new Value.Int(Math.subtractExact(a, b));
                case "*" -> new Value.Int(Math.multiplyExact(a, b));
                case "//" -> new Value.Int(Math.floorDivExact(a, nonZero(run, b)));
                case "%" -> new Value.Int(Math.floorMod(a, nonZero(run, b)));
                case "/" -> new Value.Real(divide(run, a, b));
                default -> b < 0 ? new Value.Real(reals(run, operator, a, b)) : new Value.Int(power(a, b));
            };
        } catch (ArithmeticException e) {
            throw run.fault(a + " " + operator + " " + b + " is beyond the limit of 64 bits");
        }
    }

    private static long power(long base, long exponent) {
        if (base >= -1 && base <= 1) {
            return base == 0 ? (exponent == 0 ? 1 : 0) : exponent % 2 == 0 ? 1 : base;
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    private static long nonZero(Evaluation run, long divisor) {
        if (divisor == 0) {
            throw run.fault("a division by zero");
        }
        return divisor;
    }

    private static double divide(Evaluation run, double a, double b) {
        if (b == 0) {
            throw run.fault("a division by zero");
        }
        return a / b;
    }

    private static double reals(Evaluation run, String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> divide(run, a, b);
            case "//" -> Math.floor(divide(run, a, b));
            case "%" -> {
                double rest = a % (b == 0 ? divide(run, a, b) : b);
                yield rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest == 0 ? Math.copySign(0.0, b) : rest;
            }
            default -> {
                if ((a == 0 && b < 0) || (a < 0 && b != Math.rint(b))) {
                    throw run.fault(a + " ** " + b + " has no real value");
                }
                yield Math.pow(a, b);
            }
        };
    }

    private static Value repeat(Evaluation run, Value value, long wanted) {
        int count = (int) Math.clamp(wanted, 0, Integer.MAX_VALUE);
        return switch (value) {
            case Text text -> {
                run.chargeText((long) text.chars().length() * count);
                TextBuilder out = new TextBuilder();
                for (int i = 0; i < count && !text.isEmpty(); i++) {
                    out.append(text);
                }
                yield out.text();
            }
            case Sequence items
            when joins(items, items) -> {
                run.chargeItems((long) items.items().size() * count);
                int times = items.items().isEmpty() ? 0 : count;
                yield new Sequence(
                        items.kind(),
                        IntStream.range(0, times)
                                .boxed()
                                .flatMap(i -> items.items().stream())
                                .collect(Collectors.toList()));
            }
            default ->
                throw run.fault(Python.refusal(value, value)
                        .orElse("'*' does not work between " + Python.typeName(value) + " and an integer"));
        };
    }

    /// `-value`, or `+value`.
    static Value signed(Evaluation run, boolean minus, Value value) {
        if (!isNumber(value)) {
            throw run.fault(
                    Python.refusal(value, value).orElse("a sign does not work before " + Python.typeName(value)));
        }
        if (value instanceof Value.Real real) {
            return minus ? new Value.Real(-real.value()) : real;
        }
        return minus ? wholes(run, "-", 0, whole(value)) : new Value.Int(whole(value));
    }
}
