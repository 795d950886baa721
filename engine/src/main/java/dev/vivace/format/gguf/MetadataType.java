package dev.vivace.format.gguf;

import java.util.Optional;

/// The types of metadata values; the order is the file's numbering.
public enum MetadataType {
    /// Unsigned, 8 bits.
    U8("u8", 1),
    /// Signed, 8 bits.
    I8("i8", 1),
    /// Unsigned, 16 bits.
    U16("u16", 2),
    /// Signed, 16 bits.
    I16("i16", 2),
    /// Unsigned, 32 bits.
    U32("u32", 4),
    /// Signed, 32 bits.
    I32("i32", 4),
    /// IEEE 754 binary32.
    F32("f32", 4),
    /// One byte, 0 or 1.
    BOOL("bool", 1),
    /// A length and UTF-8 bytes.
    STRING("string", 0),
    /// An element type, a count and the elements.
    ARRAY("array", 0),
    /// Unsigned, 64 bits.
    U64("u64", 8),
    /// Signed, 64 bits.
    I64("i64", 8),
    /// IEEE 754 binary64.
    F64("f64", 8);

    private final String label;
    private final int bytes;

    MetadataType(String label, int bytes) {
        this.label = label;
        this.bytes = bytes;
    }

    /// The type numbered `id` in a file.
    static Optional<MetadataType> of(int id) {
        MetadataType[] all = values();
        return id >= 0 && id < all.length ? Optional.of(all[id]) : Optional.empty();
    }

    /// How messages call it, such as `u32`.
    public String label() {
        return label;
    }

    /// Bytes of one value, 0 where values differ in length.
    int bytes() {
        return bytes;
    }

    /// The number in a file.
    int id() {
        return ordinal();
    }

    /// Whether values are whole numbers.
    public boolean isWhole() {
        return switch (this) {
            case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
            case F32, F64, BOOL, STRING, ARRAY -> false;
        };
    }

    /// Whether values are floating-point numbers.
    public boolean isReal() {
        return this == F32 || this == F64;
    }
}
