package dev.vivace.tokenizer;

import dev.vivace.TestData;
import dev.vivace.format.gguf.Gguf;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/// Tokenizers to test with: real ones where the data folder has them, small ones made on the spot everywhere.
final class Vocabularies {
    private static final Map<String, Tokenizer> READ = new HashMap<>();

    private Vocabularies() {}

    /// The tokenizer of a vocabulary-only file of the data folder; aborts the test where it is missing.
    static synchronized Tokenizer real(String name) {
        Path path = TestData.data("models/gguf-vocab/ggml-vocab-" + name + ".gguf.gz");
        return READ.computeIfAbsent(name, n -> {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(path));
                    Gguf gguf = Gguf.read(name, in)) {
                return Tokenizers.of(gguf.metadata());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /// The tokenizer of a model file; aborts the test where it is missing.
    static synchronized Tokenizer model(String file) {
        Path path = TestData.model(file);
        return READ.computeIfAbsent(file, n -> {
            try (Gguf gguf = Gguf.open(path)) {
                return Tokenizers.of(gguf.metadata());
            }
        });
    }

    /// A real tokenizer by either name.
    static Tokenizer any(String name) {
        return name.endsWith(".gguf") ? model(name) : real(name);
    }

    /// The text of a gzipped file of the data folder.
    static String text(String relative) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(TestData.data(relative)))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// A byte-level vocabulary of all 256 bytes and 60 merges, learnt here from an English sentence and one in
    /// Japanese,
    /// with `<s>`, `</s>` as control tokens and `[keep]` as a user-defined one.
    static Tokenizer byteLevel(String rule) {
        String text = "the cat and the other cat sat there, then the hat; isn't that the theatre? 猫は猫である。 ".repeat(3);
        return Tokenizers.byteLevel(learnt(alphabet(), text, 60), PreTokenizer.named(rule));
    }

    static Vocabulary learnt(List<String> alphabet, String text, int count) {
        List<String> pieces = new ArrayList<>(alphabet);
        List<String> merges = new ArrayList<>();
        List<List<String>> words = new ArrayList<>();
        for (String word : text.split("(?= )")) {
            List<String> symbols = new ArrayList<>();
            for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
                symbols.add(byteAlphabet(b & 0xFF));
            }
            words.add(symbols);
        }
        Map<String, Integer> counts = counts(words);
        while (merges.size() < count && !counts.isEmpty()) {
            String best = Collections.max(counts.entrySet(), Map.Entry.comparingByValue())
                    .getKey();
            String left = best.substring(0, best.indexOf(' '));
            String right = best.substring(best.indexOf(' ') + 1);
            merges.add(best);
            if (!pieces.contains(left + right)) {
                pieces.add(left + right);
            }
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i).equals(left) && word.get(i + 1).equals(right)) {
                        word.set(i, left + right);
                        word.remove(i + 1);
                    }
                }
            }
            counts = counts(words);
        }
        List<TokenKind> kinds = new ArrayList<>();
        pieces.forEach(piece -> kinds.add(TokenKind.NORMAL));
        int control = pieces.size();
        pieces.addAll(List.of("<s>", "</s>", "[keep]"));
        kinds.addAll(List.of(TokenKind.CONTROL, TokenKind.CONTROL, TokenKind.USER_DEFINED));
        return new Vocabulary(
                pieces,
                kinds,
                new float[0],
                merges,
                specials(OptionalInt.of(control), OptionalInt.of(control + 1), false));
    }

    private static Map<String, Integer> counts(List<List<String>> words) {
        Map<String, Integer> counts = new TreeMap<>();
        for (List<String> word : words) {
            for (int i = 0; i + 1 < word.size(); i++) {
                counts.merge(word.get(i) + " " + word.get(i + 1), 1, Integer::sum);
            }
        }
        return counts;
    }

    static Vocabulary.Specials specials(OptionalInt bos, OptionalInt eos, boolean addSpacePrefix) {
        BitSet ends = new BitSet();
        eos.ifPresent(ends::set);
        return new Vocabulary.Specials(
                bos, eos, OptionalInt.empty(), ends, new BitSet(), bos.isPresent(), false, addSpacePrefix);
    }

    static List<String> alphabet() {
        List<String> alphabet = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            alphabet.add(byteAlphabet(b));
        }
        return alphabet;
    }

    /// The GPT-2 alphabet, counted out anew: the oracle for the product's table.
    static String byteAlphabet(int value) {
        int shifted = 256;
        for (int b = 0; b < 256; b++) {
            boolean itself = b >= '!' && b <= '~' || b >= '¡' && b <= '¬' || b >= '®' && b <= 'ÿ';
            if (b == value) {
                return Character.toString(itself ? b : shifted);
            }
            shifted += itself ? 0 : 1;
        }
        throw new IllegalArgumentException("no byte: " + value);
    }

    /// A SentencePiece vocabulary: `<unk> <s> </s>`, 256 bytes, some letters, and words with scores.
    static Tokenizer sentencePiece(boolean addSpacePrefix) {
        return Tokenizers.sentencePiece(sentencePieceVocabulary(addSpacePrefix));
    }

    static Vocabulary sentencePieceVocabulary(boolean addSpacePrefix) {
        List<String> pieces = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        List<TokenKind> kinds = new ArrayList<>(List.of(TokenKind.UNKNOWN, TokenKind.CONTROL, TokenKind.CONTROL));
        for (int b = 0; b < 256; b++) {
            pieces.add(String.format("<0x%02X>", b));
            kinds.add(TokenKind.BYTE);
        }
        String letters = "▁ abcdefghijklmnopqrstuvwxyz<>/.,é猫";
        letters.codePoints().filter(c -> c != ' ').forEach(c -> pieces.add(Character.toString(c)));
        pieces.addAll(List.of("▁t", "▁th", "he", "▁the", "▁▁", "at", "cat", "</", "s>", "▁a", "c▁a", "<0", "x"));
        while (kinds.size() < pieces.size()) {
            kinds.add(TokenKind.NORMAL);
        }
        pieces.add("[keep]");
        kinds.add(TokenKind.USER_DEFINED);
        float[] scores = new float[pieces.size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = -id;
        }
        return new Vocabulary(
                pieces, kinds, scores, List.of(), specials(OptionalInt.of(1), OptionalInt.of(2), addSpacePrefix));
    }
}
