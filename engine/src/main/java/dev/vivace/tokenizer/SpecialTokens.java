package dev.vivace.tokenizer;

import dev.vivace.FormatException;
import java.util.Arrays;
import java.util.BitSet;

/// The tokens that are found in a text before anything else: of those that begin at the leftmost place, the longest
/// (as the tokenizers do that these vocabularies were trained with). A trie over UTF-16 chars; immutable once built.
final class SpecialTokens {
    /// Far more than the special tokens of a real vocabulary spell; keeps the trie small.
    private static final int MOST_CHARS = 1 << 21;

    private final PairIndex children; // node and char -> node
    private final BitSet beginnings = new BitSet();
    private final int[] ids; // per node: token id, or -1
    private final BitSet controls = new BitSet();
    private final BitSet stripsRight;

    SpecialTokens(Vocabulary vocabulary) {
        int chars = 0;
        for (int id = 0; id < vocabulary.pieces().size(); id++) {
            chars += special(vocabulary, id) ? vocabulary.pieces().get(id).length() : 0;
            if (chars > MOST_CHARS) {
                throw new FormatException("tokenizer.ggml.token_type marks more than " + MOST_CHARS
                        + " chars of tokens as control, unknown or user-defined, expected fewer");
            }
        }
        children = new PairIndex(chars);
        ids = new int[chars + 1];
        Arrays.fill(ids, -1);
        int nodes = 1;
        for (int id = 0; id < vocabulary.pieces().size(); id++) {
            if (special(vocabulary, id)) {
                controls.set(id, vocabulary.kinds().get(id) != TokenKind.USER_DEFINED);
                nodes = insert(vocabulary.pieces().get(id), id, nodes);
            }
        }
        stripsRight = vocabulary.specials().stripsRight();
    }

    private static boolean special(Vocabulary vocabulary, int id) {
        return switch (vocabulary.kinds().get(id)) {
            case CONTROL, UNKNOWN, USER_DEFINED -> !vocabulary.pieces().get(id).isEmpty();
            case NORMAL, UNUSED, BYTE -> false;
        };
    }

    private int insert(String piece, int id, int nodes) {
        beginnings.set(piece.charAt(0));
        int node = 0;
        int free = nodes;
        for (int i = 0; i < piece.length(); i++) {
            int child = (int) children.find(node, piece.charAt(i));
            if (child < 0) {
                child = free++;
                children.add(node, piece.charAt(i), child, "the special tokens of tokenizer.ggml.tokens");
            }
            node = child;
        }
        ids[node] = ids[node] < 0 ? id : ids[node];
        return free;
    }

    /// The longest token that begins at an index. Control and unknown tokens count only where no char is literal.
    ///
    /// @return its id, or -1
    int at(char[] text, int index, BitSet literal) {
        if (!beginnings.get(text[index])) {
            return -1;
        }
        int found = -1;
        boolean trusted = true;
        int node = 0;
        for (int i = index; i < text.length; i++) {
            node = (int) children.find(node, text[i]);
            if (node < 0) {
                break;
            }
            trusted &= !literal.get(i);
            int id = ids[node];
            if (id >= 0 && (trusted || !controls.get(id))) {
                found = id;
            }
        }
        return found;
    }

    /// Where the text goes on behind a token that ends at `end`.
    int resume(char[] text, int id, int end) {
        int at = end;
        while (stripsRight.get(id) && at < text.length && (text[at] == ' ' || (text[at] >= 9 && text[at] <= 13))) {
            at++;
        }
        return at;
    }
}
