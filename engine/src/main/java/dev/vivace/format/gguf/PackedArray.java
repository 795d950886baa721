package dev.vivace.format.gguf;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An array of metadata values in the file's own encoding. Borrows the file's memory, so it can be read until
/// the file
/// is
/// closed; whoever reads it fully keeps plain Java values.
public final class PackedArray {
    private static final int LONGEST_TEXTS = 1 << 28;

    private final MetadataType element;
    private final int size;
    private final MemorySegment data;

    /// `data` is exactly `size` values of `element`, already checked by [GgufCursor].
    PackedArray(MetadataType element, int size, MemorySegment data) {
        this.element = element;
        this.size = size;
        this.data = data;
    }

    static PackedArray ofTexts(List<String> texts) {
        List<byte[]> encoded = new ArrayList<>(texts.size());
        long bytes = 0;
        for (String text : texts) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            encoded.add(utf8);
            bytes += Long.BYTES + utf8.length;
        }
        MemorySegment data = heap(bytes);
        long at = 0;
        for (byte[] utf8 : encoded) {
            data.set(GgufCursor.LE64, at, utf8.length);
            MemorySegment.copy(MemorySegment.ofArray(utf8), 0, data, at + Long.BYTES, utf8.length);
            at += Long.BYTES + utf8.length;
        }
        return new PackedArray(MetadataType.STRING, texts.size(), data);
    }

    static PackedArray ofIntegers(MetadataType type, long... values) {
        MemorySegment data = heap((long) values.length * type.bytes());
        for (int i = 0; i < values.length; i++) {
            // The record checks type and range.
            GgufCursor.put(data, (long) i * type.bytes(), new MetadataValue.Whole(type, values[i]));
        }
        return new PackedArray(type, values.length, data);
    }

    static PackedArray ofReals(float... values) {
        MemorySegment data = heap(4L * values.length);
        for (int i = 0; i < values.length; i++) {
            data.set(GgufCursor.LEF32, 4L * i, values[i]);
        }
        return new PackedArray(MetadataType.F32, values.length, data);
    }

    private static MemorySegment heap(long bytes) {
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new OptionException("a metadata array of " + bytes + " bytes is beyond 2 GiB");
        }
        return MemorySegment.ofArray(new byte[(int) bytes]);
    }

    /// The type of every value.
    public MetadataType element() {
        return element;
    }

    /// How many values.
    public int size() {
        return size;
    }

    /// The encoded values, read-only.
    MemorySegment data() {
        return data;
    }

    /// All values as texts; bytes that are not UTF-8 read as U+FFFD.
    ///
    /// @throws FormatException when the values are no texts
    public List<String> texts() {
        require(element == MetadataType.STRING, "strings");
        if (data.byteSize() > LONGEST_TEXTS) {
            throw new CapacityException(
                    "an array of strings of " + data.byteSize() + " bytes, expected at most " + LONGEST_TEXTS);
        }
        GgufCursor cursor = new GgufCursor("array", data);
        List<String> texts = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            texts.add(cursor.text());
        }
        return texts;
    }

    /// All values as whole numbers.
    ///
    /// @throws FormatException when the values are no whole numbers or one is beyond 63 bits
    public long[] integers() {
        require(element.isWhole(), "whole numbers");
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = GgufCursor.whole(data, (long) i * element.bytes(), element);
            if (element == MetadataType.U64 && values[i] < 0) {
                throw new FormatException("value " + i + " is " + Long.toUnsignedString(values[i])
                        + ", expected at most " + Long.MAX_VALUE);
            }
        }
        return values;
    }

    /// All values as f32.
    ///
    /// @throws FormatException when the values are no floating-point numbers
    public float[] reals() {
        require(element.isReal(), "real numbers");
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) GgufCursor.real(data, (long) i * element.bytes(), element);
        }
        return values;
    }

    /// The first `limit` values, or all if there are fewer.
    public List<MetadataValue> first(int limit) {
        GgufCursor cursor = new GgufCursor("array", data);
        List<MetadataValue> values = new ArrayList<>(Math.min(limit, size));
        for (int i = 0; i < Math.min(limit, size); i++) {
            values.add(cursor.value(element, 0));
        }
        return values;
    }

    private void require(boolean holds, String expected) {
        if (!holds) {
            throw new FormatException("an array of " + element.label() + ", expected one of " + expected);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedArray that
                && element == that.element
                && size == that.size
                && data.mismatch(that.data) == -1;
    }

    @Override
    public int hashCode() {
        return 31 * element.hashCode() + size;
    }

    @Override
    public String toString() {
        return "array of " + size + " " + element.label();
    }
}
