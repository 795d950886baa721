package dev.vivace.format.gguf;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.UnsupportedException;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An open GGUF file. Owns the memory that its tensors and arrays borrow: they live until [#close]. Safe for all
/// threads,
/// except that nobody may read a tensor while another closes.
///
/// Everything that the file claims about itself is checked when it is opened; after that a [Tensor] is in
/// bounds. The
/// file
/// must not be cut short by someone else while it is open.
public final class Gguf implements AutoCloseable {
    /// Larger streams are refused; files of any size are mapped instead.
    public static final int LARGEST_STREAM_BYTES = 256 << 20;

    private static final int LINE = 64;

    private final String name;
    private final GgufHeader header;
    private final MemorySegment data;
    private final @Nullable Arena owned;

    private Gguf(String name, MemorySegment file, @Nullable Arena owned) {
        this.name = name;
        this.header = GgufHeader.read(name, file);
        this.data = file.asSlice(header.dataStart()).asReadOnly();
        this.owned = owned;
    }

    /// Maps the file at `path`, read-only.
    ///
    /// @throws OptionException when there is no such file
    /// @throws FormatException when it is damaged, or not GGUF
    /// @throws UnsupportedException when its version or byte order is not ours
    @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
    public static Gguf open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new OptionException("model " + path + (Files.exists(path) ? " is not a file" : " does not exist")
                    + ", expected a GGUF file");
        }
        String name = String.valueOf(path.getFileName());
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path)) {
            MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new Gguf(name, file, arena);
        } catch (IOException e) {
            arena.close();
            throw new FormatException(name + ": cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// Reads a file that is already in memory, which is borrowed: it must outlive the result.
    ///
    /// @param name how messages call it
    public static Gguf read(String name, MemorySegment file) {
        return new Gguf(name, file, null);
    }

    /// Copies a stream to memory of its own and reads it; for small files such as a resource of a jar.
    ///
    /// @param name how messages call it
    /// @param in read to its end, not closed
    /// @throws CapacityException when the stream is longer than [#LARGEST_STREAM_BYTES]
    @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
    public static Gguf read(String name, InputStream in) {
        byte[] bytes;
        try {
            bytes = in.readNBytes(LARGEST_STREAM_BYTES);
            if (bytes.length == LARGEST_STREAM_BYTES && in.read() >= 0) {
                throw new CapacityException(
                        name + ": longer than " + LARGEST_STREAM_BYTES + " bytes, store it as a file");
            }
        } catch (IOException e) {
            throw new FormatException(name + ": cannot be read: " + e.getMessage(), e);
        }
        Arena arena = Arena.ofShared();
        try {
            MemorySegment file = arena.allocate(Math.max(1, bytes.length), LINE);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, file, 0, bytes.length);
            return new Gguf(name, file.asSlice(0, bytes.length), arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// How messages call this file.
    public String name() {
        return name;
    }

    /// The file format's version, 2 or 3.
    public int version() {
        return header.version();
    }

    /// Bytes at whose multiples tensors start.
    public int alignment() {
        return header.alignment();
    }

    /// The key-value part.
    public Metadata metadata() {
        return header.metadata();
    }

    /// All tensors as the file declares them, in file order.
    public Collection<TensorInfo> tensors() {
        return header.tensors().values();
    }

    /// The declaration of the tensor called `tensor`.
    public Optional<TensorInfo> info(String tensor) {
        return Optional.ofNullable(header.tensors().get(tensor));
    }

    /// The tensor called `tensor`, its outer dimensions folded into rows.
    ///
    /// @throws UnsupportedException when its type has no [DType]
    /// @throws CapacityException when it has more than 2^31 - 1 rows or columns
    public Optional<Tensor> tensor(String tensor) {
        return info(tensor).map(this::view);
    }

    private Tensor view(TensorInfo info) {
        DType dtype = info.type()
                .dtype()
                .orElseThrow(() -> new UnsupportedException(name + ": tensor " + info.name() + " is stored as "
                        + info.type().name() + "; known are "
                        + Arrays.stream(DType.values()).map(Enum::name).collect(Collectors.joining(", "))));
        if (info.columns() > Integer.MAX_VALUE || info.rows() > Integer.MAX_VALUE) {
            throw new CapacityException(name + ": tensor " + info.name() + " is " + info.dimensions()
                    + ", expected at most 2^31 - 1 columns and rows");
        }
        MemorySegment bytes = data.asSlice(info.offset(), info.bytes());
        return new Tensor(info.name(), dtype, (int) info.rows(), (int) info.columns(), bytes);
    }

    /// Where tensors start in the file, for those who rewrite or print it.
    public long dataStart() {
        return header.dataStart();
    }

    /// Bytes of all tensors together, by storage type.
    public Map<StorageType, Long> bytesByType() {
        return tensors().stream()
                .collect(Collectors.groupingBy(TensorInfo::type, Collectors.summingLong(TensorInfo::bytes)));
    }

    /// Unmaps the file or frees the copy; tensors and arrays of this file must not be used any more. May be called
    /// again.
    @Override
    public void close() {
        if (owned != null && owned.scope().isAlive()) {
            owned.close();
        }
    }

    @Override
    public String toString() {
        return name + ": GGUF version " + version() + ", " + metadata().keys().size() + " metadata entries, "
                + tensors().size() + " tensors";
    }
}
