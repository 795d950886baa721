/// Text to tokens and back, with the vocabularies that model files carry.
///
/// - [Tokenizer][dev.vivace.tokenizer.Tokenizer]: what the rest of the engine sees; made by
///   [Tokenizers][dev.vivace.tokenizer.Tokenizers] from a file's metadata or from a
///   [Vocabulary][dev.vivace.tokenizer.Vocabulary].
/// - [MarkedText][dev.vivace.tokenizer.MarkedText]: keeps a user's words from becoming control tokens.
/// - [Detokenizer][dev.vivace.tokenizer.Detokenizer]: tokens to text as they come.
/// - [PreTokenizer][dev.vivace.tokenizer.PreTokenizer]: how byte-level vocabularies cut text into words.
///
/// Two kinds of vocabularies: byte-level BPE with ranked merges (Sennrich et al. 2016; Radford et al. 2019) and
/// SentencePiece BPE with scores and byte fallback (Kudo & Richardson 2018). A further kind is one `Segmenter`,
/// a further
/// rule for words one `WordSplit`.
package dev.vivace.tokenizer;
