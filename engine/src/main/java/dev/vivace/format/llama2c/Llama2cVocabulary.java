package dev.vivace.format.llama2c;

import dev.vivace.FormatException;
import dev.vivace.format.gguf.GgufWriter;
import dev.vivace.format.gguf.MetadataType;
import dev.vivace.format.gguf.MetadataValue.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The pieces of a llama2.c tokenizer file: int32 longest piece, then for each piece f32 score, int32 length
/// and UTF-8
/// bytes, all little endian. Pieces have plain spaces where SentencePiece has U+2581, and the text of the two
/// control
/// pieces is framed by line breaks.
///
/// @param pieces as SentencePiece has them
/// @param scores one a piece
record Llama2cVocabulary(List<String> pieces, float[] scores) {
    static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfFloat LEF32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int UNKNOWN = 0;
    private static final int BEGIN = 1;
    private static final int END = 2;
    private static final int LONGEST_PIECE = 1 << 16;

    private static final int NORMAL_TYPE = 1;
    private static final int UNKNOWN_TYPE = 2;
    private static final int CONTROL_TYPE = 3;
    private static final int BYTE_TYPE = 6;
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

    static Llama2cVocabulary read(Path path, MemorySegment file, int size) {
        List<String> pieces = new ArrayList<>();
        float[] scores = new float[size];
        long at = Integer.BYTES;
        for (int i = 0; i < size; i++) {
            if (at + 8 > file.byteSize()) {
                throw new FormatException(path + ": ends before piece " + i + ", expected " + size + " pieces");
            }
            scores[i] = file.get(LEF32, at);
            int length = file.get(LE32, at + 4);
            if (length < 0 || length > LONGEST_PIECE || at + 8 + length > file.byteSize()) {
                throw new FormatException(path + ": piece " + i + " has length " + length + ", expected 0 to "
                        + Math.min(LONGEST_PIECE, file.byteSize() - at - 8));
            }
            byte[] utf8 = file.asSlice(at + 8, length).toArray(ValueLayout.JAVA_BYTE);
            String piece = new String(utf8, StandardCharsets.UTF_8);
            pieces.add(i == BEGIN || i == END ? piece.strip() : piece.replace(' ', '\u2581'));
            at += 8 + length;
        }
        if (at != file.byteSize()) {
            throw new FormatException(path + ": " + (file.byteSize() - at) + " bytes after " + size
                    + " pieces, expected the file to end");
        }
        return new Llama2cVocabulary(pieces, scores);
    }

    void describe(GgufWriter writer) {
        long[] types = new long[pieces.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = switch (i) {
                case UNKNOWN -> UNKNOWN_TYPE;
                case BEGIN, END -> CONTROL_TYPE;
                default -> BYTE.matcher(pieces.get(i)).matches() ? BYTE_TYPE : NORMAL_TYPE;
            };
        }
        writer.text("tokenizer.ggml.model", "llama")
                .text("tokenizer.ggml.pre", "default")
                .put("tokenizer.ggml.tokens", Sequence.ofTexts(pieces))
                .put("tokenizer.ggml.scores", Sequence.ofReals(scores))
                .put("tokenizer.ggml.token_type", Sequence.ofIntegers(MetadataType.I32, types))
                .u32("tokenizer.ggml.bos_token_id", BEGIN)
                .u32("tokenizer.ggml.eos_token_id", END)
                .u32("tokenizer.ggml.unknown_token_id", UNKNOWN)
                .flag("tokenizer.ggml.add_bos_token", true)
                .flag("tokenizer.ggml.add_eos_token", false)
                .flag("tokenizer.ggml.add_space_prefix", true);
    }
}
