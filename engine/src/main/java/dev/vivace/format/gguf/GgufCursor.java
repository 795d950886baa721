package dev.vivace.format.gguf;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.UnsupportedException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Walks through a file's header; every read is checked against the bytes that are left, and every count
/// against what
/// they could hold, before anything is allocated.
final class GgufCursor {
    static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat LEF32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble LEF64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Arrays of arrays deeper than this are refused: nobody writes them, and recursion must end.
    private static final int DEEPEST = 4;

    /// The shortest array value: element type and count.
    private static final int ARRAY_BYTES = Integer.BYTES + Long.BYTES;

    /// Bounds what one value can make us allocate; real files stay far below (262,144 tokens, templates of some
    /// KiB).
    static final int LONGEST_TEXT = 1 << 26;

    private static final int LONGEST_SHOWN = 80;

    static final int MOST_STRINGS = 1 << 22;
    static final int MOST_NUMBERS = 1 << 24;

    /// Bytes that are copied to the Java heap at a time: reading them there is much faster before code is compiled.
    private static final int WINDOW = 1 << 16;

    private final String source;
    private final MemorySegment data;
    private final byte[] window;
    private long windowStart;
    private int windowBytes;
    private long position;

    /// @param source how messages call the file
    GgufCursor(String source, MemorySegment data) {
        this.source = source;
        this.data = data;
        this.window = new byte[(int) Math.min(WINDOW, data.byteSize())];
    }

    long position() {
        return position;
    }

    long remaining() {
        return data.byteSize() - position;
    }

    int u32(String what) {
        return u32(what, "");
    }

    /// As [#u32(String)]; messages call it `what` and `name`.
    int u32(String what, String name) {
        return int32(in(advance(Integer.BYTES, what, name), Integer.BYTES));
    }

    long u64(String what) {
        return u64(what, "");
    }

    /// As [#u64(String)]; messages call it `what` and `name`.
    long u64(String what, String name) {
        return int64(in(advance(Long.BYTES, what, name), Long.BYTES));
    }

    /// Where the window has these few bytes of the file, which are known to be there.
    private int in(long at, int bytes) {
        if (at < windowStart || at + bytes > windowStart + windowBytes) {
            windowStart = at;
            windowBytes = (int) Math.min(window.length, data.byteSize() - at);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, window, 0, windowBytes);
        }
        return (int) (at - windowStart);
    }

    private int int32(int at) {
        return window[at] & 0xFF | (window[at + 1] & 0xFF) << 8 | (window[at + 2] & 0xFF) << 16 | window[at + 3] << 24;
    }

    private long int64(int at) {
        return int32(at) & 0xFFFF_FFFFL | (long) int32(at + 4) << 32;
    }

    /// A count of things of at least `smallest` bytes each; more than the rest of the file can hold is a lie.
    long count(String what, int smallest) {
        long count = u64(what);
        if (count < 0 || count > remaining() / smallest) {
            throw damaged(what + " is " + Long.toUnsignedString(count) + ", but the " + remaining()
                    + " bytes left hold at most " + remaining() / smallest);
        }
        return count;
    }

    /// A string that must be valid UTF-8 of 1 to `longest` bytes: a key or a name.
    String name(String what, int longest) {
        long length = count(what + " length", 1);
        if (length < 1 || length > longest) {
            throw damaged(what + " length is " + length + ", expected 1 to " + longest);
        }
        byte[] bytes = bytes((int) length, what);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(
                    source + ": " + what + " before byte " + position + " is not UTF-8: " + shown(text), e);
        }
    }

    /// As much of a key as a sentence has room for.
    static String shown(String key) {
        return key.length() <= LONGEST_SHOWN ? key : key.substring(0, LONGEST_SHOWN) + "…";
    }

    /// A string value, tolerant of odd bytes.
    String text() {
        long length = textLength();
        return new String(bytes((int) length, "string"), StandardCharsets.UTF_8);
    }

    private long textLength() {
        long length = count("string length", 1);
        if (length > LONGEST_TEXT) {
            throw new CapacityException(source + ": string length is " + length + " (at byte " + position
                    + "), expected at most " + LONGEST_TEXT);
        }
        return length;
    }

    /// A type; messages call it `what` and `name`.
    MetadataType type(String what, String name) {
        int id = u32(what, name);
        return MetadataType.of(id)
                .orElseThrow(() -> damaged(what + name + " is " + Integer.toUnsignedString(id) + ", expected 0 to "
                        + (MetadataType.values().length - 1)));
    }

    /// The value of `type` that starts here; `depth` arrays are open around it.
    MetadataValue value(MetadataType type, int depth) {
        return switch (type) {
            case U8, I8, U16, I16, U32, I32, U64, I64 ->
                new MetadataValue.Whole(type, whole(data, advance(type.bytes(), "value"), type));
            case F32, F64 -> new MetadataValue.Real(type, real(data, advance(type.bytes(), "value"), type));
            case BOOL -> new MetadataValue.Flag(flag());
            case STRING -> new MetadataValue.Text(text());
            case ARRAY -> new MetadataValue.Sequence(array(depth));
        };
    }

    private boolean flag() {
        byte value = window[in(advance(1, "bool"), 1)];
        if (value != 0 && value != 1) {
            throw damaged("bool is " + (value & 0xFF) + ", expected 0 or 1");
        }
        return value == 1;
    }

    private PackedArray array(int depth) {
        if (depth >= DEEPEST) {
            throw new UnsupportedException(source + ": arrays nested deeper than " + DEEPEST + " at byte " + position);
        }
        MetadataType element = type("array element type", "");
        int smallest = switch (element) {
            case STRING -> Long.BYTES;
            case ARRAY -> ARRAY_BYTES;
            case U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64 -> element.bytes();
        };
        long count = count("array count", smallest);
        int most = element.bytes() == 0 ? MOST_STRINGS : MOST_NUMBERS;
        if (count > most) {
            throw new CapacityException(
                    source + ": array count is " + count + " (at byte " + position + "), expected at most " + most);
        }
        long start = position;
        int[] starts = new int[element == MetadataType.STRING ? (int) count + 1 : 0];
        switch (element) {
            case STRING -> {
                for (int i = 0; i < count; i++) {
                    starts[i] = (int) (position - start);
                    advance(textLength(), "string");
                }
                starts[(int) count] = (int) (position - start);
            }
            case ARRAY -> {
                for (long i = 0; i < count; i++) {
                    array(depth + 1);
                }
            }
            case BOOL -> {
                for (long i = 0; i < count; i++) {
                    flag();
                }
            }
            case U8, I8, U16, I16, U32, I32, F32, U64, I64, F64 -> advance(count * element.bytes(), "array");
        }
        return new PackedArray(element, (int) count, data.asSlice(start, position - start), starts);
    }

    private byte[] bytes(int length, String what) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, advance(length, what), bytes, 0, length);
        return bytes;
    }

    /// Steps over `bytes` and returns where they start.
    private long advance(long bytes, String what) {
        return advance(bytes, what, "");
    }

    private long advance(long bytes, String what, String name) {
        if (bytes > remaining()) {
            throw damaged("ends inside " + what + name + ": " + bytes + " bytes expected, " + remaining() + " left");
        }
        long start = position;
        position += bytes;
        return start;
    }

    FormatException damaged(String what) {
        return new FormatException(source + ": " + what + " (at byte " + position + ")");
    }

    static long whole(MemorySegment data, long at, MetadataType type) {
        return switch (type) {
            case U8 -> data.get(ValueLayout.JAVA_BYTE, at) & 0xFFL;
            case I8 -> data.get(ValueLayout.JAVA_BYTE, at);
            case U16 -> data.get(LE16, at) & 0xFFFFL;
            case I16 -> data.get(LE16, at);
            case U32 -> data.get(LE32, at) & 0xFFFF_FFFFL;
            case I32 -> data.get(LE32, at);
            case U64, I64 -> data.get(LE64, at);
            case F32, F64, BOOL, STRING, ARRAY -> throw new IllegalArgumentException("not whole: " + type);
        };
    }

    static double real(MemorySegment data, long at, MetadataType type) {
        return type == MetadataType.F32 ? data.get(LEF32, at) : data.get(LEF64, at);
    }

    static void put(MemorySegment data, long at, MetadataValue.Whole whole) {
        switch (whole.type().bytes()) {
            case 1 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) whole.value());
            case 2 -> data.set(LE16, at, (short) whole.value());
            case 4 -> data.set(LE32, at, (int) whole.value());
            default -> data.set(LE64, at, whole.value());
        }
    }
}
