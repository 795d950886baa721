package dev.vivace.format.gguf;

import dev.vivace.OptionException;
import java.util.List;

/// One metadata value. Immutable.
public sealed interface MetadataValue {
    /// The type it has in the file.
    MetadataType type();

    /// What messages call its type, such as `u32` or `array of string`.
    default String label() {
        return type().label();
    }

    /// A whole number.
    ///
    /// @param type a whole type
    /// @param value the number; of `U64` the 64 bits, so beyond 2^63 negative
    record Whole(MetadataType type, long value) implements MetadataValue {
        /// Checks that the value fits its type.
        public Whole {
            boolean fits = switch (type) {
                case U8 -> value >= 0 && value < 1 << 8;
                case I8 -> value == (byte) value;
                case U16 -> value >= 0 && value < 1 << 16;
                case I16 -> value == (short) value;
                case U32 -> value >= 0 && value < 1L << 32;
                case I32 -> value == (int) value;
                case U64, I64 -> true;
                case F32, F64, BOOL, STRING, ARRAY -> false;
            };
            if (!fits) {
                throw new OptionException("whole number " + value + " does not fit " + type.label());
            }
        }

        @Override
        public String toString() {
            return type == MetadataType.U64 ? Long.toUnsignedString(value) : Long.toString(value);
        }
    }

    /// A floating-point number.
    ///
    /// @param type `F32` or `F64`
    /// @param value the number, exact for both
    record Real(MetadataType type, double value) implements MetadataValue {
        /// Checks that the type is a floating-point one and rounds to it.
        public Real {
            if (!type.isReal()) {
                throw new OptionException("real number " + value + " does not fit " + type.label());
            }
            value = type == MetadataType.F32 ? (float) value : value;
        }

        @Override
        public String toString() {
            return type == MetadataType.F32 ? Float.toString((float) value) : Double.toString(value);
        }
    }

    /// Yes or no.
    ///
    /// @param value the truth
    record Flag(boolean value) implements MetadataValue {
        @Override
        public MetadataType type() {
            return MetadataType.BOOL;
        }

        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /// A text. Bytes of the file that are not UTF-8 read as U+FFFD.
    ///
    /// @param value the text
    record Text(String value) implements MetadataValue {
        @Override
        public MetadataType type() {
            return MetadataType.STRING;
        }

        @Override
        public String toString() {
            return value;
        }
    }

    /// Values of one type, kept in the file's encoding and decoded when asked for: a vocabulary of 262,144 strings
    /// costs
    /// nothing until it is read.
    ///
    /// @param items the encoded values
    record Sequence(PackedArray items) implements MetadataValue {
        /// Texts.
        public static Sequence ofTexts(List<String> texts) {
            return new Sequence(PackedArray.ofTexts(texts));
        }

        /// Whole numbers of `type`.
        public static Sequence ofIntegers(MetadataType type, long... values) {
            return new Sequence(PackedArray.ofIntegers(type, values));
        }

        /// Floating-point numbers, stored as `F32`.
        public static Sequence ofReals(float... values) {
            return new Sequence(PackedArray.ofReals(values));
        }

        @Override
        public MetadataType type() {
            return MetadataType.ARRAY;
        }

        @Override
        public String label() {
            return "array of " + items.element().label();
        }

        @Override
        public String toString() {
            List<MetadataValue> first = items.first(8);
            String more = items.size() > first.size() ? ", … " + items.size() + " in all" : "";
            return first.toString().replaceFirst("]$", "") + more + "]";
        }
    }
}
