package dev.vivace.format.gguf;

import dev.vivace.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a file stores a tensor; more types than [DType] has, because a file must open for inspection even when
/// it cannot
/// run.
///
/// @param id the file's number for it
/// @param name such as `Q4_K`; `type 77` where the number is new to us
/// @param blockElements elements of a block, 0 where unknown
/// @param blockBytes bytes of a block, 0 where unknown
public record StorageType(int id, String name, int blockElements, int blockBytes) {
    private static final List<StorageType> FOREIGN = List.of(
            new StorageType(9, "Q8_1", 32, 36),
            new StorageType(10, "Q2_K", 256, 84),
            new StorageType(11, "Q3_K", 256, 110),
            new StorageType(15, "Q8_K", 256, 292),
            new StorageType(16, "IQ2_XXS", 256, 66),
            new StorageType(17, "IQ2_XS", 256, 74),
            new StorageType(18, "IQ3_XXS", 256, 98),
            new StorageType(19, "IQ1_S", 256, 50),
            new StorageType(20, "IQ4_NL", 32, 18),
            new StorageType(21, "IQ3_S", 256, 110),
            new StorageType(22, "IQ2_S", 256, 82),
            new StorageType(23, "IQ4_XS", 256, 136),
            new StorageType(24, "I8", 1, 1),
            new StorageType(25, "I16", 1, 2),
            new StorageType(26, "I32", 1, 4),
            new StorageType(27, "I64", 1, 8),
            new StorageType(28, "F64", 1, 8),
            new StorageType(29, "IQ1_M", 256, 56),
            new StorageType(34, "TQ1_0", 256, 54),
            new StorageType(35, "TQ2_0", 256, 66),
            new StorageType(39, "MXFP4", 32, 17),
            new StorageType(40, "NVFP4", 64, 36),
            new StorageType(41, "Q1_0", 128, 18));

    private static final List<StorageType> OWN = own();

    private static List<StorageType> own() {
        List<StorageType> own = new ArrayList<>();
        for (DType dtype : DType.values()) {
            own.add(of(dtype));
        }
        return List.copyOf(own);
    }

    /// The type numbered `id`.
    public static StorageType of(int id) {
        for (StorageType type : OWN) {
            if (type.id == id) {
                return type;
            }
        }
        for (StorageType type : FOREIGN) {
            if (type.id == id) {
                return type;
            }
        }
        return new StorageType(id, "type " + Integer.toUnsignedString(id), 0, 0);
    }

    /// The type that stores `dtype`.
    public static StorageType of(DType dtype) {
        return new StorageType(dtype.ggufId(), dtype.name(), dtype.blockElements(), dtype.blockBytes());
    }

    /// Our own element type, if we can compute with it.
    public Optional<DType> dtype() {
        for (DType dtype : DType.values()) {
            if (dtype.ggufId() == id) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }

    /// Whether the size of a block is known.
    public boolean isSized() {
        return blockElements > 0;
    }
}
