package dev.vivace.format.json;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A JSON value. Immutable; safe for all threads. `toString` gives its JSON text, see [Json#write].
public sealed interface JsonValue {
    /// Named values in the order of the text.
    ///
    /// @param members the values by name; copied
    record JsonObject(Map<String, JsonValue> members) implements JsonValue {
        /// Copies the members.
        public JsonObject {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        /// The value called `name`.
        public Optional<JsonValue> value(String name) {
            return Optional.ofNullable(members.get(name));
        }

        @Override
        public String toString() {
            return Json.write(this);
        }
    }

    /// Values in order.
    ///
    /// @param elements the values; copied
    record JsonArray(List<JsonValue> elements) implements JsonValue {
        /// Copies the elements.
        public JsonArray {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return Json.write(this);
        }
    }

    /// A text.
    ///
    /// @param value the text without quotes and escapes
    record JsonText(String value) implements JsonValue {
        @Override
        public String toString() {
            return Json.write(this);
        }
    }

    /// A number as it is written, so that none loses digits.
    ///
    /// @param literal such as `-1.5e3`
    record JsonNumber(String literal) implements JsonValue {
        private static final Pattern GRAMMAR = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

        /// Checks the literal.
        public JsonNumber {
            if (literal.length() > Json.LONGEST_NUMBER
                    || !GRAMMAR.matcher(literal).matches()) {
                throw new OptionException("JSON number " + Json.shortened(literal) + ", expected one such as -1.5e3");
            }
        }

        /// The number `value`.
        public static JsonNumber of(long value) {
            return new JsonNumber(Long.toString(value));
        }

        /// The number `value`, which must be finite.
        public static JsonNumber of(double value) {
            return new JsonNumber(Double.toString(value));
        }

        /// The whole number.
        ///
        /// @throws FormatException when the literal has a fraction or an exponent, or is beyond 64 bits
        public long integer() {
            try {
                return Long.parseLong(literal);
            } catch (NumberFormatException e) {
                throw new FormatException("JSON number " + literal + ", expected a whole one of 64 bits", e);
            }
        }

        /// The nearest double.
        ///
        /// @throws FormatException when the number is beyond the largest double
        public double real() {
            double value = Double.parseDouble(literal);
            if (Double.isInfinite(value)) {
                throw new FormatException("JSON number " + literal + ", expected at most " + Double.MAX_VALUE);
            }
            return value;
        }

        @Override
        public String toString() {
            return literal;
        }
    }

    /// `true` or `false`.
    ///
    /// @param value the truth
    record JsonFlag(boolean value) implements JsonValue {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /// `null`.
    record JsonNull() implements JsonValue {
        @Override
        public String toString() {
            return "null";
        }
    }
}
