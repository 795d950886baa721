package dev.vivace.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Turns tokens into text as they come. A character whose bytes are spread over several tokens is held back until it
/// is whole, so no character and no surrogate pair is ever split. Not safe for use by several threads at once.
public final class Detokenizer {
    private final Tokenizer tokenizer;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] held = {};
    private boolean strip;

    /// @param tokenizer whose tokens will come
    /// @param strip whether one space at the very front of the text is left out
    public Detokenizer(Tokenizer tokenizer, boolean strip) {
        this.tokenizer = tokenizer;
        this.strip = strip;
    }

    /// @param id the next token, `0..size-1`
    /// @return the characters that are complete now, often none
    public String push(int id) {
        byte[] fresh = tokenizer.bytes(id);
        int from = 0;
        if (strip && fresh.length > 0) {
            strip = false;
            from = fresh[0] == ' ' ? 1 : 0;
        }
        if (from == fresh.length) {
            return "";
        }
        byte[] bytes = new byte[held.length + fresh.length - from];
        System.arraycopy(held, 0, bytes, 0, held.length);
        System.arraycopy(fresh, from, bytes, held.length, fresh.length - from);
        return characters(bytes, false);
    }

    /// Ends the text: bytes still held back can no longer become a character and come out as U+FFFD. What is pushed
    /// afterwards starts afresh.
    ///
    /// @return the last characters, mostly none
    public String finish() {
        String rest = characters(held, true);
        decoder.reset();
        return rest;
    }

    private String characters(byte[] bytes, boolean last) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length); // a byte gives one char at most, malformed or not
        decoder.decode(in, out, last);
        held = new byte[in.remaining()];
        in.get(held);
        return out.flip().toString();
    }
}
