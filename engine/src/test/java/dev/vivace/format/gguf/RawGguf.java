package dev.vivace.format.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes the bytes of a GGUF file field by field, right or wrong, sharing no code with the reader or the writer.
final class RawGguf {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// Starts with magic, version 3 and two counts.
    static RawGguf start(long tensors, long entries) {
        return new RawGguf().raw("GGUF").u32(3).u64(tensors).u64(entries);
    }

    RawGguf raw(String latin) {
        return raw(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawGguf raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    RawGguf u8(int value) {
        bytes.write(value);
        return this;
    }

    RawGguf u32(long value) {
        return raw(buffer(4).putInt((int) value).array());
    }

    RawGguf u64(long value) {
        return raw(buffer(8).putLong(value).array());
    }

    RawGguf text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return u64(utf8.length).raw(utf8);
    }

    RawGguf entry(String key, int type) {
        return text(key).u32(type);
    }

    RawGguf tensor(String name, int type, long offset, long... dimensions) {
        text(name).u32(dimensions.length);
        for (long dimension : dimensions) {
            u64(dimension);
        }
        return u32(type).u64(offset);
    }

    RawGguf pad(int alignment) {
        while (bytes.size() % alignment != 0) {
            bytes.write(0);
        }
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    Gguf read() {
        return Gguf.read("raw", MemorySegment.ofArray(bytes()));
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
