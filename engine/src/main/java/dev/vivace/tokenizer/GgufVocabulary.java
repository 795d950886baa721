package dev.vivace.tokenizer;

import dev.vivace.FormatException;
import dev.vivace.format.gguf.Metadata;
import dev.vivace.format.gguf.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/// Reads the vocabulary that a GGUF file holds under `tokenizer.ggml`, with the conventions that the format leaves
/// unwritten: which names end generation, what is added around a text, what Phi-3's tokens swallow.
final class GgufVocabulary {
    private static final String KEY = "tokenizer.ggml.";

    /// Names that end generation in every family that has them; files often forget to mark them as control tokens.
    private static final Set<String> ENDS = Set.of(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<|flush|>",
            "<|calls|>",
            "<end_of_turn>",
            "<turn|>",
            "<|tool_response>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "<|eom_id|>",
            "<EOT>",
            "_<EOT>",
            "[EOT]",
            "<end_of_utterance>",
            "<｜end▁of▁sentence｜>",
            "<|fim_pad|>",
            "<|fim_repo|>",
            "<|repo_name|>",
            "<|file_sep|>");

    /// Names that are markup or code in some vocabularies: they end generation where the file calls them
    /// control tokens.
    private static final Set<String> ENDS_IF_CONTROL = Set.of(
            "</s>", "<eos>", "[EOS]", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<fim-repo>", "<REPO>", "<reponame>");

    private final Metadata metadata;
    private final Texts pieces;
    private final List<TokenKind> kinds;

    private GgufVocabulary(Metadata metadata) {
        this.metadata = metadata;
        this.pieces = metadata.texts(KEY + "tokens");
        this.kinds = kinds();
    }

    /// @param addBos whether the begin token is wanted where the file does not tell
    static Vocabulary byteLevel(Metadata metadata, boolean addBos) {
        GgufVocabulary reader = new GgufVocabulary(metadata);
        Vocabulary.Specials specials = reader.specials("", "", "", addBos, false);
        return new Vocabulary(reader.pieces, reader.kinds, new float[0], metadata.texts(KEY + "merges"), specials);
    }

    static Vocabulary sentencePiece(Metadata metadata) {
        GgufVocabulary reader = new GgufVocabulary(metadata);
        boolean addSpacePrefix = metadata.flag(KEY + "add_space_prefix", true);
        Vocabulary.Specials specials = reader.specials("<s>", "</s>", "<unk>", true, addSpacePrefix);
        return new Vocabulary(reader.pieces, reader.kinds, metadata.reals(KEY + "scores"), List.of(), specials);
    }

    private List<TokenKind> kinds() {
        String key = KEY + "token_type";
        if (!metadata.contains(key)) {
            return new ArrayList<>(Collections.nCopies(pieces.size(), TokenKind.NORMAL));
        }
        long[] types = metadata.integers(key);
        TokenKind[] read = new TokenKind[types.length];
        for (int id = 0; id < types.length; id++) {
            if (types[id] < 0 || types[id] > 6) {
                throw new FormatException(key + "[" + id + "] is " + types[id] + ", expected 0..6");
            }
            read[id] = switch ((int) types[id]) {
                case 1 -> TokenKind.NORMAL;
                case 2 -> TokenKind.UNKNOWN;
                case 3 -> TokenKind.CONTROL;
                case 4 -> TokenKind.USER_DEFINED;
                case 6 -> TokenKind.BYTE;
                default -> TokenKind.UNUSED; // 5, and 0, which says nothing
            };
        }
        return Arrays.asList(read);
    }

    private Vocabulary.Specials specials(
            String bosName, String eosName, String unknownName, boolean addBos, boolean addSpacePrefix) {
        OptionalInt bos = id("bos_token_id", bosName);
        OptionalInt eos = id("eos_token_id", eosName);
        OptionalInt unknown = id("unknown_token_id", unknownName);
        BitSet ends = ends();
        eos.ifPresent(ends::set);
        id("eot_token_id", "").ifPresent(ends::set);
        id("eom_token_id", "").ifPresent(ends::set);
        return new Vocabulary.Specials(
                bos,
                eos,
                unknown,
                ends,
                stripsRight(),
                adds("add_bos_token", addBos, bos, "bos_token_id"),
                adds("add_eos_token", false, eos, "eos_token_id"),
                addSpacePrefix);
    }

    /// @param name the piece that has this part where the file names no id, or nothing
    private OptionalInt id(String key, String name) {
        if (!metadata.contains(KEY + key)) {
            int id = name.isEmpty() ? -1 : pieces.indexOf(name);
            return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
        }
        long id = metadata.integer(KEY + key);
        if (id < 0 || id >= pieces.size()) {
            throw new FormatException(KEY + key + " is " + id + ", expected 0.." + (pieces.size() - 1));
        }
        return OptionalInt.of((int) id);
    }

    private boolean adds(String key, boolean fallback, OptionalInt id, String idKey) {
        boolean adds = metadata.flag(KEY + key, fallback);
        if (adds && id.isEmpty() && metadata.contains(KEY + key)) {
            throw new FormatException(KEY + key + " is true, expected " + KEY + idKey + " to say which token");
        }
        return adds && id.isPresent();
    }

    /// Finds the ends by name, and makes control tokens of those that files take for text.
    private BitSet ends() {
        BitSet ends = new BitSet();
        BitSet talk = new BitSet();
        int known = Math.min(pieces.size(), kinds.size());
        for (int id = 0; id < known; id++) {
            if (!mayEnd(pieces.firstByte(id))) {
                continue;
            }
            String piece = pieces.get(id);
            boolean control = kinds.get(id) == TokenKind.CONTROL;
            if (ENDS.contains(piece)) {
                ends.set(id);
                kinds.set(id, TokenKind.CONTROL);
            } else if (control && ENDS_IF_CONTROL.contains(piece)) {
                ends.set(id);
            }
            if (piece.equals("<|return|>") || piece.equals("<|flush|>")) {
                talk.set(id);
            }
        }
        int end = pieces.indexOf("<|end|>");
        if (end >= 0 && !talk.isEmpty()) {
            ends.clear(end); // there `<|end|>` ends one message of several
        }
        return ends;
    }

    /// Whether a name of [#ENDS] or [#ENDS_IF_CONTROL] begins with this byte: most pieces need no closer look.
    private static boolean mayEnd(int first) {
        return first == '<' || first == '[' || first == '_';
    }

    /// Phi-3's added tokens swallow the whitespace behind them; files do not say so, only the model's name tells.
    private BitSet stripsRight() {
        BitSet strips = new BitSet();
        String name = metadata.text("general.name", "").toLowerCase(Locale.ROOT);
        if (!name.contains("phi-3") && !name.contains("phi3")) {
            return strips;
        }
        Set<String> exempt = Set.of("<unk>", "<s>", "<|endoftext|>");
        for (int id = 0; id < Math.min(pieces.size(), kinds.size()); id++) {
            boolean special = switch (kinds.get(id)) {
                case CONTROL, USER_DEFINED, UNKNOWN -> true;
                case NORMAL, UNUSED, BYTE -> false;
            };
            strips.set(id, (special || pieces.get(id).equals("</s>")) && !exempt.contains(pieces.get(id)));
        }
        return strips;
    }
}
