package dev.vivace.tokenizer;

import java.util.OptionalInt;

/// Text to token ids and back. Immutable: safe to use from many threads.
///
/// Nothing is added on the way: who wants the begin token at the front asks [#addBos()] and [#bos()].
///
/// Lone surrogates in a text are read as U+FFFD. Characters that a vocabulary cannot spell (some lack single bytes)
/// become U+FFFD as well, or the unknown token where even that is missing; nothing is left out silently as long as
/// the vocabulary has U+FFFD, `?` or an unknown token.
public interface Tokenizer {
    /// The number of tokens; ids are `0..size-1`.
    int size();

    /// Encodes a user's text: whatever it spells, no control token comes out.
    ///
    /// @param text any text
    /// @return token ids, none for an empty text
    default int[] encode(String text) {
        return encode(MarkedText.literal(text));
    }

    /// Encodes a text of which parts are trusted: control tokens are recognised where they lie wholly in such a
    /// part.
    ///
    /// @param text the text and its marks
    /// @return token ids, none for an empty text
    int[] encode(MarkedText text);

    /// The text that the tokens stand for. Control tokens have none; malformed UTF-8 becomes U+FFFD; where
    /// [#addSpacePrefix()] holds, the space that encoding put in front is taken off again.
    ///
    /// @param ids token ids, each `0..size-1`
    /// @return the text
    default String decode(int[] ids) {
        Detokenizer stream = detokenizer();
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.push(id));
        }
        return text.append(stream.finish()).toString();
    }

    /// The bytes that a token stands for: spaces as spaces, byte tokens as their byte, control tokens as nothing,
    /// the unknown token as U+FFFD.
    ///
    /// @param id `0..size-1`
    /// @return the bytes, fresh; they need not be whole characters
    byte[] bytes(int id);

    /// @param id `0..size-1`
    /// @return the token as the vocabulary spells it
    String piece(int id);

    /// @param piece a token as the vocabulary spells it
    /// @return its id, or empty
    OptionalInt find(String piece);

    /// @param id `0..size-1`
    /// @return what the token is for
    TokenKind kind(int id);

    /// The token that begins a text, if there is one.
    OptionalInt bos();

    /// The token that ends a text, if there is one.
    OptionalInt eos();

    /// Whether the model wants [#bos()] in front of a text.
    boolean addBos();

    /// Whether the model wants [#eos()] behind a text.
    boolean addEos();

    /// Whether encoding puts a space in front of a text and behind control tokens.
    boolean addSpacePrefix();

    /// @param id `0..size-1`
    /// @return whether generation ends with this token: end of text, of turn or of message
    boolean isEnd(int id);

    /// A stream for a text from its beginning on: pushing ids one by one gives what [#decode(int[])] gives.
    default Detokenizer detokenizer() {
        return new Detokenizer(this, addSpacePrefix());
    }

    /// A stream for what follows other tokens, such as the answer to a prompt: a leading space stays.
    default Detokenizer continuation() {
        return new Detokenizer(this, false);
    }
}
