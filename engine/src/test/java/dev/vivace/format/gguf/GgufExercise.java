package dev.vivace.format.gguf;

import dev.vivace.VivaceException;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.MemorySegment;

/// Opens any bytes as a file and reads all there is to read. Only a [VivaceException] may come of it.
final class GgufExercise {
    private GgufExercise() {}

    /// Whether the bytes were taken for a sound file.
    static boolean accepts(MemorySegment bytes) {
        try (Gguf file = Gguf.read("any", bytes)) {
            readAll(file);
            return true;
        } catch (VivaceException refused) {
            checkSentence(refused);
            return false;
        }
    }

    static void readAll(Gguf file) {
        Metadata metadata = file.metadata();
        for (String key : metadata.keys()) {
            if (metadata.value(key).orElseThrow().toString().length() > 1 << 27) {
                throw new AssertionError(key + " prints longer than any text may be");
            }
            attempt(() -> metadata.text(key));
            attempt(() -> metadata.integer(key));
            attempt(() -> metadata.real(key));
            attempt(() -> metadata.flag(key, false));
            attempt(() -> metadata.texts(key));
            attempt(() -> metadata.integers(key));
            attempt(() -> metadata.reals(key));
        }
        for (TensorInfo info : file.tensors()) {
            attempt(() -> file.tensor(info.name()).ifPresent(GgufExercise::decodeEnds));
        }
    }

    /// Decodes the first and the last block, so that wrong bounds are met.
    private static void decodeEnds(Tensor tensor) {
        DType dtype = tensor.dtype();
        int block = dtype.blockElements();
        MemorySegment target = MemorySegment.ofArray(new float[block]);
        Codec.of(dtype).decode(tensor.data(), 0, target, 0, block);
        Codec.of(dtype).decode(tensor.data(), tensor.data().byteSize() - dtype.blockBytes(), target, 0, block);
    }

    private static void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (VivaceException refused) {
            checkSentence(refused);
        }
    }

    private static void checkSentence(VivaceException refused) {
        String message = refused.getMessage();
        if (message == null || message.isBlank()) {
            throw new AssertionError("an error without a sentence", refused);
        }
    }
}
