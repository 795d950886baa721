package dev.vivace.format.gguf;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private final int[] starts;

    /// `data` is exactly `size` values of `element`, already checked by [GgufCursor].
    ///
    /// @param starts of strings where each begins, and the end; means nothing beyond 2 GiB
    PackedArray(MetadataType element, int size, MemorySegment data, int[] starts) {
        this.element = element;
        this.size = size;
        this.data = data;
        this.starts = starts;
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
        int[] starts = new int[texts.size() + 1];
        long at = 0;
        for (int i = 0; i < encoded.size(); i++) {
            byte[] utf8 = encoded.get(i);
            starts[i] = (int) at;
            data.set(GgufCursor.LE64, at, utf8.length);
            MemorySegment.copy(MemorySegment.ofArray(utf8), 0, data, at + Long.BYTES, utf8.length);
            at += Long.BYTES + utf8.length;
        }
        starts[texts.size()] = (int) at;
        return new PackedArray(MetadataType.STRING, texts.size(), data, starts);
    }

    static PackedArray ofIntegers(MetadataType type, long... values) {
        MemorySegment data = heap((long) values.length * type.bytes());
        for (int i = 0; i < values.length; i++) {
            // The record checks type and range.
            GgufCursor.put(data, (long) i * type.bytes(), new MetadataValue.Whole(type, values[i]));
        }
        return new PackedArray(type, values.length, data, new int[0]);
    }

    static PackedArray ofReals(float... values) {
        MemorySegment data = heap(4L * values.length);
        for (int i = 0; i < values.length; i++) {
            data.set(GgufCursor.LEF32, 4L * i, values[i]);
        }
        return new PackedArray(MetadataType.F32, values.length, data, new int[0]);
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
    public Texts texts() {
        require(element == MetadataType.STRING, "strings");
        if (data.byteSize() > LONGEST_TEXTS) {
            throw new CapacityException(
                    "an array of strings of " + data.byteSize() + " bytes, expected at most " + LONGEST_TEXTS);
        }
        return new Texts(data.toArray(ValueLayout.JAVA_BYTE), starts);
    }

    /// All values as whole numbers.
    ///
    /// @throws FormatException when the values are no whole numbers or one is beyond 63 bits
    public long[] integers() {
        require(element.isWhole(), "whole numbers");
        long[] values = new long[size];
        if (element == MetadataType.I32 || element == MetadataType.U32) {
            int[] narrow = new int[size];
            MemorySegment.copy(data, GgufCursor.LE32, 0, narrow, 0, size);
            long mask = element == MetadataType.U32 ? 0xFFFF_FFFFL : -1;
            for (int i = 0; i < size; i++) {
                values[i] = narrow[i] & mask;
            }
            return values;
        }
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
        if (element == MetadataType.F32) {
            MemorySegment.copy(data, GgufCursor.LEF32, 0, values, 0, size);
            return values;
        }
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
