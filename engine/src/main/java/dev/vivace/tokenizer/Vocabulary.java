package dev.vivace.tokenizer;

import dev.vivace.FormatException;
import dev.vivace.format.gguf.Texts;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/// Everything a tokenizer is made of, read from a file and checked. Arrays and bit sets are borrowed and never
/// written.
///
/// @param pieces spelling of each token; its place is its id
/// @param kinds what each token is for
/// @param scores how much each piece is worth when pieces are joined, higher first; empty where merges decide
/// @param merges `left right`, most important first; empty where scores decide
/// @param specials which tokens have a part of their own
public record Vocabulary(
        List<String> pieces, List<TokenKind> kinds, float[] scores, List<String> merges, Specials specials) {

    /// The most UTF-16 chars that a piece may have. Real vocabularies stay under 300.
    public static final int LONGEST_PIECE = 1024;

    /// The most bytes of UTF-8 that such a piece can have.
    static final int LONGEST_BYTES = 3 * LONGEST_PIECE;

    /// The tokens with a part of their own, and what is put around a text.
    ///
    /// @param bos begins a text
    /// @param eos ends a text
    /// @param unknown stands for what cannot be spelled
    /// @param ends all tokens that end generation
    /// @param stripsRight tokens that, found in a text, swallow the ASCII whitespace behind them
    /// @param addBos whether the model wants `bos` in front
    /// @param addEos whether the model wants `eos` behind
    /// @param addSpacePrefix whether a text gets a space in front
    public record Specials(
            OptionalInt bos,
            OptionalInt eos,
            OptionalInt unknown,
            BitSet ends,
            BitSet stripsRight,
            boolean addBos,
            boolean addEos,
            boolean addSpacePrefix) {}

    /// Checks that the parts fit together.
    ///
    /// @throws FormatException if they do not; it names the parts as GGUF does
    public Vocabulary {
        int size = pieces.size();
        if (size == 0) {
            throw new FormatException("tokenizer.ggml.tokens has 0 entries, expected a vocabulary");
        }
        counts("tokenizer.ggml.token_type", kinds.size(), size);
        if (scores.length > 0) {
            counts("tokenizer.ggml.scores", scores.length, size);
        }
        for (int id = 0; id < size; id++) {
            if (longest(pieces, id) > LONGEST_PIECE && pieces.get(id).length() > LONGEST_PIECE) {
                throw new FormatException("tokenizer.ggml.tokens[" + id + "] has "
                        + pieces.get(id).length() + " chars, expected at most " + LONGEST_PIECE);
            }
            if (kinds.get(id) == TokenKind.BYTE && byteOf(pieces.get(id)) < 0) {
                throw new FormatException(
                        "tokenizer.ggml.tokens[" + id + "] is '" + pieces.get(id) + "', expected a byte like <0x0A>");
            }
        }
        for (int id = 0; id < scores.length; id++) {
            if (Float.isNaN(scores[id])) {
                throw new FormatException("tokenizer.ggml.scores[" + id + "] is NaN, expected a number");
            }
        }
        within("tokenizer.ggml.bos_token_id", specials.bos(), size);
        within("tokenizer.ggml.eos_token_id", specials.eos(), size);
        within("tokenizer.ggml.unknown_token_id", specials.unknown(), size);
    }

    /// No fewer than the chars of a piece, without making it where that can be known otherwise.
    private static int longest(List<String> pieces, int id) {
        return pieces instanceof Texts packed
                ? packed.byteCount(id)
                : pieces.get(id).length();
    }

    private static void counts(String key, int count, int size) {
        if (count != size) {
            throw new FormatException(
                    key + " has " + count + " entries, expected " + size + " as tokenizer.ggml.tokens has");
        }
    }

    private static void within(String key, OptionalInt id, int size) {
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= size)) {
            throw new FormatException(key + " is " + id.getAsInt() + ", expected 0.." + (size - 1));
        }
    }

    /// Whether text may become this token without being trusted: by joining or as a single character.
    boolean ordinary(int id) {
        return switch (kinds.get(id)) {
            case NORMAL, USER_DEFINED, UNUSED -> true;
            case UNKNOWN, CONTROL, BYTE -> false;
        };
    }

    /// The unknown token, if it may appear in a user's text.
    OptionalInt harmlessUnknown() {
        OptionalInt id = specials.unknown();
        return id.isPresent() && kinds.get(id.getAsInt()) != TokenKind.CONTROL ? id : OptionalInt.empty();
    }

    /// The byte that a piece like `<0x0A>` spells, or -1.
    static int byteOf(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
