package dev.vivace.format.gguf;

import java.util.List;

/// A tensor as the file declares it.
///
/// @param name the file's name for it
/// @param dimensions sizes, innermost first, none to four; none is a single number
/// @param type how elements are stored
/// @param offset bytes from the start of the data part, a multiple of the file's alignment
/// @param bytes bytes of data; 0 where the type is unknown
public record TensorInfo(String name, List<Long> dimensions, StorageType type, long offset, long bytes) {
    /// Copies the dimensions.
    public TensorInfo {
        dimensions = List.copyOf(dimensions);
    }

    /// Elements in all.
    public long elements() {
        long elements = 1;
        for (long dimension : dimensions) {
            elements *= dimension;
        }
        return elements;
    }

    /// Elements of a row: the innermost dimension.
    public long columns() {
        return dimensions.isEmpty() ? 1 : dimensions.getFirst();
    }

    /// Rows: the product of all other dimensions.
    public long rows() {
        return elements() / columns();
    }
}
