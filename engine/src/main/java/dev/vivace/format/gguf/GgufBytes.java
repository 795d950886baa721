package dev.vivace.format.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The growing bytes of a file's header.
final class GgufBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void u32(int value) {
        whole(value, Integer.BYTES);
    }

    void u64(long value) {
        whole(value, Long.BYTES);
    }

    void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        u64(utf8.length);
        bytes.writeBytes(utf8);
    }

    /// A value without its type.
    void value(MetadataValue value) {
        switch (value) {
            case MetadataValue.Whole(MetadataType type, long whole) -> whole(whole, type.bytes());
            case MetadataValue.Real(MetadataType type, double real) -> {
                if (type == MetadataType.F32) {
                    u32(Float.floatToRawIntBits((float) real));
                } else {
                    u64(Double.doubleToRawLongBits(real));
                }
            }
            case MetadataValue.Flag(boolean flag) -> bytes.write(flag ? 1 : 0);
            case MetadataValue.Text(String text) -> text(text);
            case MetadataValue.Sequence(PackedArray array) -> array(array);
        }
    }

    private void array(PackedArray array) {
        u32(array.element().id());
        u64(array.size());
        MemorySegment data = array.data();
        bytes.writeBytes(data.toArray(ValueLayout.JAVA_BYTE));
    }

    private void whole(long value, int size) {
        for (int i = 0; i < size; i++) {
            bytes.write((int) (value >>> 8 * i));
        }
    }

    int size() {
        return bytes.size();
    }

    byte[] toArray() {
        return bytes.toByteArray();
    }
}
