package dev.vivace.format.gguf;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.UnsupportedException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything before the data, read and checked.
///
/// @param version 2 or 3
/// @param alignment a power of two
/// @param metadata the key-value part
/// @param tensors by name, in file order
/// @param dataStart where tensor data begins in the file
record GgufHeader(int version, int alignment, Metadata metadata, Map<String, TensorInfo> tensors, long dataStart) {
    static final String ALIGNMENT = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;
    static final int LARGEST_ALIGNMENT = 1 << 16;
    static final int LONGEST_KEY = 65535;
    static final int LONGEST_NAME = 255;
    static final int MOST_DIMENSIONS = 4;
    static final int MOST_ENTRIES = 1 << 16;
    static final int MOST_TENSORS = 1 << 20;

    /// `GGUF` as a little-endian number.
    static final int MAGIC = 0x46554747;

    /// Magic, version and two counts.
    private static final int HEADER_BYTES = 24;

    /// A key of one letter, its length, a type and one byte of value.
    private static final int SMALLEST_ENTRY = 8 + 1 + 4 + 1;

    /// A name of one letter, its length, no dimension, type and offset.
    private static final int SMALLEST_TENSOR = 8 + 1 + 4 + 4 + 8;

    static GgufHeader read(String source, MemorySegment file) {
        GgufCursor cursor = new GgufCursor(source, file);
        if (file.byteSize() < HEADER_BYTES) {
            throw new FormatException(
                    source + ": " + file.byteSize() + " bytes is too short for a GGUF file, expected at least 24");
        }
        int magic = cursor.u32("magic");
        if (magic != MAGIC) {
            throw new FormatException(
                    source + ": is no GGUF file: starts with bytes " + hex(magic) + ", expected " + hex(MAGIC));
        }
        int version = cursor.u32("version");
        if (version < 2 || version > 3) {
            boolean swapped = Integer.reverseBytes(version) >= 1 && Integer.reverseBytes(version) <= 3;
            throw new UnsupportedException(source + ": GGUF "
                    + (swapped ? "in big-endian order" : "version " + Integer.toUnsignedString(version))
                    + ", expected version 2 or 3 in little-endian order");
        }
        long tensorCount = cursor.count("tensor count", SMALLEST_TENSOR);
        long entryCount = cursor.count("metadata count", SMALLEST_ENTRY);
        if (tensorCount > MOST_TENSORS || entryCount > MOST_ENTRIES) {
            throw new CapacityException(source + ": " + tensorCount + " tensors and " + entryCount
                    + " metadata entries, expected at most " + MOST_TENSORS + " and " + MOST_ENTRIES);
        }
        Metadata metadata = metadata(source, cursor, entryCount);
        int alignment = alignment(source, metadata);
        Map<String, TensorInfo> tensors = tensors(cursor, tensorCount, alignment);
        long end = cursor.position();
        long dataStart = Math.min(end + (-end & alignment - 1), file.byteSize());
        checkRanges(source, tensors, file.byteSize() - dataStart);
        return new GgufHeader(version, alignment, metadata, tensors, dataStart);
    }

    private static Metadata metadata(String source, GgufCursor cursor, long count) {
        Map<String, MetadataValue> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = cursor.name("metadata key", LONGEST_KEY);
            MetadataValue value = cursor.value(cursor.type("type of metadata ", GgufCursor.shown(key)), 0);
            if (values.put(key, value) != null) {
                throw cursor.damaged("metadata " + GgufCursor.shown(key) + " appears twice, expected once");
            }
        }
        return Metadata.of(source, values);
    }

    static int alignment(String source, Metadata metadata) {
        long alignment = metadata.integer(ALIGNMENT, DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > LARGEST_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw new FormatException(source + ": metadata " + ALIGNMENT + " is " + alignment
                    + ", expected a power of two up to " + LARGEST_ALIGNMENT);
        }
        return (int) alignment;
    }

    private static Map<String, TensorInfo> tensors(GgufCursor cursor, long count, int alignment) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            TensorInfo info = tensor(cursor, alignment);
            if (tensors.put(info.name(), info) != null) {
                throw cursor.damaged("tensor " + info.name() + " appears twice, expected once");
            }
        }
        return Collections.unmodifiableMap(tensors);
    }

    private static TensorInfo tensor(GgufCursor cursor, int alignment) {
        String name = cursor.name("tensor name", LONGEST_NAME);
        int rank = cursor.u32("dimensions of tensor ", name);
        if (rank < 0 || rank > MOST_DIMENSIONS) {
            throw cursor.damaged("tensor " + name + " has " + Integer.toUnsignedString(rank)
                    + " dimensions, expected at most " + MOST_DIMENSIONS);
        }
        List<Long> dimensions = new ArrayList<>(rank);
        long elements = 1;
        for (int i = 0; i < rank; i++) {
            long dimension = cursor.u64("dimension of tensor ", name);
            if (dimension < 1 || Math.multiplyHigh(elements, dimension) != 0 || elements * dimension < 0) {
                throw cursor.damaged(
                        "tensor " + name + " has dimension " + i + " of " + Long.toUnsignedString(dimension)
                                + ", expected at least 1 and fewer than 2^63 elements in all");
            }
            elements *= dimension;
            dimensions.add(dimension);
        }
        StorageType type = StorageType.of(cursor.u32("type of tensor ", name));
        long offset = cursor.u64("offset of tensor ", name);
        if (offset < 0 || offset % alignment != 0) {
            throw cursor.damaged("tensor " + name + " has offset " + Long.toUnsignedString(offset)
                    + ", expected a multiple of " + alignment);
        }
        long columns = dimensions.isEmpty() ? 1 : dimensions.getFirst();
        return new TensorInfo(name, dimensions, type, offset, bytes(cursor, name, type, elements, columns));
    }

    private static long bytes(GgufCursor cursor, String name, StorageType type, long elements, long columns) {
        if (!type.isSized()) {
            return 0;
        }
        if (columns % type.blockElements() != 0) {
            throw cursor.damaged("tensor " + name + " has rows of " + columns + " elements, expected whole "
                    + type.name() + " blocks of " + type.blockElements());
        }
        long blocks = elements / type.blockElements();
        if (blocks > Long.MAX_VALUE / type.blockBytes()) {
            throw cursor.damaged("tensor " + name + " has " + elements + " elements of " + type.name()
                    + ", expected fewer than 2^63 bytes");
        }
        return blocks * type.blockBytes();
    }

    private static void checkRanges(String source, Map<String, TensorInfo> tensors, long available) {
        List<TensorInfo> byOffset = new ArrayList<>(tensors.values());
        byOffset.sort(Comparator.comparingLong(TensorInfo::offset));
        @Nullable TensorInfo before = null;
        for (TensorInfo info : byOffset) {
            if (info.offset() > available || info.bytes() > available - info.offset()) {
                throw new FormatException(source + ": tensor " + info.name() + " needs bytes " + info.offset() + " to "
                        + Long.toUnsignedString(info.offset() + info.bytes()) + " of the data, but only " + available
                        + " are there");
            }
            if (before != null && before.offset() + before.bytes() > info.offset()) {
                throw new FormatException(source + ": tensors " + before.name() + " and " + info.name()
                        + " overlap at byte " + info.offset() + " of the data, expected each alone");
            }
            before = info;
        }
    }

    private static String hex(int littleEndian) {
        int bytes = Integer.reverseBytes(littleEndian);
        return String.format("%02x %02x %02x %02x", bytes >>> 24, bytes >> 16 & 255, bytes >> 8 & 255, bytes & 255);
    }
}
