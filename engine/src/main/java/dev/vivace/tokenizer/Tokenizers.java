package dev.vivace.tokenizer;

import dev.vivace.UnsupportedException;
import dev.vivace.format.gguf.Metadata;

/// Makes tokenizers.
public final class Tokenizers {
    private Tokenizers() {}

    /// The tokenizer that a GGUF file describes under `tokenizer.ggml`.
    ///
    /// @param metadata of the file
    /// @return the tokenizer
    /// @throws dev.vivace.FormatException if the description is incomplete or contradicts itself, naming the key
    /// @throws UnsupportedException if the kind of vocabulary is not known here, naming those that are
    public static Tokenizer of(Metadata metadata) {
        String model = metadata.word("tokenizer.ggml.model");
        return switch (model) {
            case "gpt2" -> {
                PreTokenizer rule = PreTokenizer.named(metadata.word("tokenizer.ggml.pre"));
                yield byteLevel(GgufVocabulary.byteLevel(metadata, rule.addBos()), rule);
            }
            case "llama" -> sentencePiece(GgufVocabulary.sentencePiece(metadata));
            default ->
                throw new UnsupportedException("tokenizer.ggml.model is '" + model + "', expected one of gpt2, llama");
        };
    }

    /// A byte-level BPE tokenizer.
    ///
    /// @param vocabulary with merges
    /// @param rule how text is cut into words
    /// @return the tokenizer
    /// @throws dev.vivace.FormatException if a merge names a piece that the vocabulary lacks
    public static Tokenizer byteLevel(Vocabulary vocabulary, PreTokenizer rule) {
        PieceIndex index = new PieceIndex(vocabulary.pieces());
        return new VocabularyTokenizer(vocabulary, index, new ByteLevelBpe(vocabulary, index, rule));
    }

    /// A SentencePiece BPE tokenizer.
    ///
    /// @param vocabulary with scores
    /// @return the tokenizer
    public static Tokenizer sentencePiece(Vocabulary vocabulary) {
        PieceIndex index = new PieceIndex(vocabulary.pieces());
        return new VocabularyTokenizer(vocabulary, index, new SentencePieceBpe(vocabulary, index));
    }
}
