package dev.vivace.format.gguf;

import dev.vivace.OptionException;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects metadata and tensors and writes them as a GGUF file of version 3, always the same bytes for the
/// same calls.
/// Borrows the tensors' memory until it has written. For one thread.
public final class GgufWriter {
    /// Elements encoded at a time; a multiple of every block.
    private static final int CHUNK_ELEMENTS = 1 << 16;

    private static final int CHUNK_BYTES = 1 << 22;

    private final Map<String, MetadataValue> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> tensors = new LinkedHashMap<>();

    private record Entry(DType dtype, List<Long> dimensions, MemorySegment data, boolean encoded) {
        long elements() {
            return dimensions.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
        }

        long bytes() {
            return dtype.bytes(elements());
        }
    }

    /// A writer of a file without metadata or tensors.
    public GgufWriter() {}

    /// Sets `key`; a key set before keeps its place and takes the new value.
    ///
    /// @throws OptionException when the key is empty or longer than 65535 bytes
    public GgufWriter put(String key, MetadataValue value) {
        checkName("metadata key", key, GgufHeader.LONGEST_KEY);
        metadata.put(key, value);
        return this;
    }

    /// Sets every key of `other`.
    public GgufWriter putAll(Metadata other) {
        for (String key : other.keys()) {
            put(key, other.value(key).orElseThrow());
        }
        return this;
    }

    /// Sets `key` to a text.
    public GgufWriter text(String key, String value) {
        return put(key, new MetadataValue.Text(value));
    }

    /// Sets `key` to an unsigned whole number of 32 bits, the usual type for sizes and token ids.
    public GgufWriter u32(String key, long value) {
        return put(key, new MetadataValue.Whole(MetadataType.U32, value));
    }

    /// Sets `key` to a floating-point number of 32 bits.
    public GgufWriter f32(String key, float value) {
        return put(key, new MetadataValue.Real(MetadataType.F32, value));
    }

    /// Sets `key` to a flag.
    public GgufWriter flag(String key, boolean value) {
        return put(key, new MetadataValue.Flag(value));
    }

    /// Adds a tensor as it is, a vector when it has one row, else `[columns, rows]`.
    public GgufWriter add(Tensor tensor) {
        List<Long> dimensions = tensor.rows() == 1
                ? List.of((long) tensor.columns())
                : List.of((long) tensor.columns(), (long) tensor.rows());
        return add(tensor.name(), tensor.dtype(), dimensions, tensor.data());
    }

    /// Adds a tensor that is already stored as `dtype`.
    ///
    /// @param name unique in the file, 1 to 255 bytes
    /// @param dtype how `data` is stored
    /// @param dimensions sizes, innermost first, none to four
    /// @param data exactly the tensor's bytes, borrowed
    /// @throws OptionException when the name is taken or the sizes do not fit together
    public GgufWriter add(String name, DType dtype, List<Long> dimensions, MemorySegment data) {
        return add(name, new Entry(dtype, List.copyOf(dimensions), data, true), dtype);
    }

    /// Adds a tensor of f32 values that is stored as `dtype` when the file is written.
    ///
    /// @param name unique in the file, 1 to 255 bytes
    /// @param dtype how the file shall store it
    /// @param dimensions sizes, innermost first, none to four
    /// @param values f32 in the machine's byte order, borrowed
    /// @throws OptionException when the name is taken or the sizes do not fit together
    public GgufWriter encode(String name, DType dtype, List<Long> dimensions, MemorySegment values) {
        return add(name, new Entry(dtype, List.copyOf(dimensions), values, false), DType.F32);
    }

    private GgufWriter add(String name, Entry entry, DType held) {
        checkName("tensor name", name, GgufHeader.LONGEST_NAME);
        List<Long> dimensions = entry.dimensions();
        long columns = dimensions.isEmpty() ? 1 : dimensions.getFirst();
        if (dimensions.size() > GgufHeader.MOST_DIMENSIONS
                || dimensions.stream().anyMatch(size -> size < 1 || size > Integer.MAX_VALUE)
                || columns % entry.dtype().blockElements() != 0) {
            throw new OptionException("tensor " + name + ": dimensions " + dimensions + " do not fit " + entry.dtype()
                    + ", expected up to " + GgufHeader.MOST_DIMENSIONS + " sizes, the first a multiple of "
                    + entry.dtype().blockElements());
        }
        long bytes;
        try {
            bytes = Math.multiplyExact(entry.elements(), 4) / 4 / held.blockElements() * held.blockBytes();
        } catch (ArithmeticException e) {
            throw new OptionException("tensor " + name + ": dimensions " + dimensions + " are too large", e);
        }
        if (entry.data().byteSize() != bytes) {
            throw new OptionException("tensor " + name + ": " + entry.data().byteSize() + " bytes of data, expected "
                    + bytes + " for " + held + " " + dimensions);
        }
        if (tensors.putIfAbsent(name, entry) != null) {
            throw new OptionException("tensor " + name + " is added twice, expected once");
        }
        return this;
    }

    private static void checkName(String what, String name, int longest) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > longest) {
            throw new OptionException(what + " of " + length + " bytes, expected 1 to " + longest);
        }
    }

    /// Writes the file to `path`: first to `path.part`, which takes the name of `path` when all is on disk, so that
    /// nobody
    /// ever sees half a file.
    ///
    /// @throws OptionException when the file cannot be written
    public void write(Path path) {
        Path part = path.resolveSibling(path.getFileName() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                write(channel);
                channel.force(true);
            }
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            delete(part);
            throw new OptionException("cannot write " + path + ": " + e, e);
        } catch (RuntimeException e) {
            delete(part);
            throw e;
        }
    }

    /// Writes the file's bytes to `out`, which stays open.
    ///
    /// @throws IOException when `out` fails
    public void write(OutputStream out) throws IOException {
        write(Channels.newChannel(out));
    }

    private static void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException ignored) {
            // The error that led here says more than that this one file is left over.
        }
    }

    private void write(WritableByteChannel out) throws IOException {
        int alignment = GgufHeader.alignment("the file to write", Metadata.of("the file to write", metadata));
        GgufBytes header = header(alignment);
        drain(out, ByteBuffer.wrap(header.toArray()));
        long position = header.size();
        for (Entry entry : tensors.values()) {
            pad(out, position, alignment);
            if (entry.encoded()) {
                copy(out, entry.data());
            } else {
                encode(out, entry);
            }
            position = entry.bytes();
        }
        pad(out, position, alignment);
    }

    private GgufBytes header(int alignment) {
        GgufBytes header = new GgufBytes();
        header.u32(GgufHeader.MAGIC);
        header.u32(3);
        header.u64(tensors.size());
        header.u64(metadata.size());
        metadata.forEach((key, value) -> {
            header.text(key);
            header.u32(value.type().id());
            header.value(value);
        });
        long offset = 0;
        for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
            Entry entry = tensor.getValue();
            header.text(tensor.getKey());
            header.u32(entry.dimensions().size());
            entry.dimensions().forEach(header::u64);
            header.u32(entry.dtype().ggufId());
            header.u64(offset);
            offset += entry.bytes() + padding(entry.bytes(), alignment);
        }
        return header;
    }

    private static long padding(long position, int alignment) {
        return -position & alignment - 1;
    }

    private static void pad(WritableByteChannel out, long position, int alignment) throws IOException {
        drain(out, ByteBuffer.allocate((int) padding(position, alignment)));
    }

    /// Through an array of our own, since not every heap segment has a view as bytes.
    private static void copy(WritableByteChannel out, MemorySegment data) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, data.byteSize())];
        for (long at = 0; at < data.byteSize(); at += CHUNK_BYTES) {
            int n = (int) Math.min(CHUNK_BYTES, data.byteSize() - at);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
            drain(out, ByteBuffer.wrap(chunk, 0, n));
        }
    }

    private static void encode(WritableByteChannel out, Entry entry) throws IOException {
        Codec codec = Codec.of(entry.dtype());
        long elements = entry.elements();
        byte[] chunk = new byte[(int) entry.dtype().bytes(Math.min(CHUNK_ELEMENTS, elements))];
        for (long at = 0; at < elements; at += CHUNK_ELEMENTS) {
            int n = (int) Math.min(CHUNK_ELEMENTS, elements - at);
            codec.encode(entry.data(), Float.BYTES * at, MemorySegment.ofArray(chunk), 0, n);
            drain(out, ByteBuffer.wrap(chunk, 0, (int) entry.dtype().bytes(n)));
        }
    }

    private static void drain(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
