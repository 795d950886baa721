package dev.vivace;

import dev.vivace.chat.ChatOptions;
import dev.vivace.chat.ChatTemplate;
import dev.vivace.format.gguf.Metadata;
import dev.vivace.model.DecoderSpec;
import dev.vivace.tokenizer.MarkedText;
import dev.vivace.tokenizer.Tokenizer;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Turns prompts into tokens.
final class PromptReader {
    private static final String TEMPLATE_KEY = "tokenizer.chat_template";

    private final DecoderSpec spec;
    private final Tokenizer tokenizer;
    private final Metadata metadata;
    private @Nullable Optional<ChatTemplate> template;
    private int longestPiece;

    PromptReader(DecoderSpec spec, Tokenizer tokenizer, Metadata metadata) {
        this.spec = spec;
        this.tokenizer = tokenizer;
        this.metadata = metadata;
    }

    /// The file's template, parsed when first asked for.
    synchronized Optional<ChatTemplate> template() {
        if (template == null) {
            template = metadata.contains(TEMPLATE_KEY)
                    ? Optional.of(ChatTemplate.parse(metadata.text(TEMPLATE_KEY)))
                    : Optional.empty();
        }
        return template;
    }

    /// The tokens of `prompt`, however many.
    int[] tokens(Prompt prompt) {
        if (prompt instanceof Prompt.Tokens(int[] ids)) {
            return checked(ids);
        }
        return begun(tokenizer.encode(text(prompt)));
    }

    /// A prompt of text. No switch over patterns here: linking one takes a start longer than splitting the text.
    private MarkedText text(Prompt prompt) {
        return prompt instanceof Prompt.Chat chat ? render(chat) : MarkedText.literal(((Prompt.Raw) prompt).text());
    }

    /// The tokens of `prompt`, which must leave room in a context of `context` tokens for `more` tokens.
    int[] tokens(Prompt prompt, int context, int more) {
        int[] tokens = prompt instanceof Prompt.Tokens(int[] ids)
                ? checked(ids)
                : begun(tokenizer.encode(bounded(text(prompt), context)));
        if (tokens.length + more > context) {
            throw new CapacityException("the prompt has " + tokens.length + " tokens, but the context holds " + context
                    + ": shorten it or load the model with a larger context");
        }
        return tokens;
    }

    /// Splitting a text takes many times its own memory, so one that cannot fit is refused before.
    private MarkedText bounded(MarkedText text, int context) {
        if (text.text().length() <= context) {
            return text; // a token is one character at least
        }
        long most = (long) context * longestPiece();
        if (text.text().length() > most) {
            throw new CapacityException("the prompt has " + text.text().length() + " characters, but a context of "
                    + context + " tokens holds at most " + most
                    + ": shorten it or load the model with a larger context");
        }
        return text;
    }

    private synchronized int longestPiece() {
        if (longestPiece == 0) {
            for (int id = 0; id < tokenizer.size(); id++) {
                longestPiece = Math.max(longestPiece, tokenizer.piece(id).length());
            }
        }
        return longestPiece;
    }

    private MarkedText render(Prompt.Chat chat) {
        Optional<ChatTemplate> known = template();
        if (known.isEmpty()) {
            throw new UnsupportedException("model " + spec.name()
                    + " has no chat template, so it cannot answer a conversation: give it a raw prompt");
        }
        ChatOptions options = new ChatOptions(Clock.systemDefaultZone())
                .withSpecialToken("bos_token", piece(tokenizer.bos()))
                .withSpecialToken("eos_token", piece(tokenizer.eos()));
        return known.get().render(chat.messages(), options);
    }

    private String piece(OptionalInt token) {
        return token.isPresent() ? tokenizer.piece(token.getAsInt()) : "";
    }

    /// With the begin token in front where the model wants it and it is not there; an empty prompt always
    /// begins with it.
    private int[] begun(int[] ids) {
        OptionalInt bos = tokenizer.bos();
        boolean wanted = tokenizer.addBos() || ids.length == 0;
        if (!wanted || bos.isEmpty() || (ids.length > 0 && ids[0] == bos.getAsInt())) {
            if (ids.length == 0) {
                throw new OptionException("the prompt is empty and model " + spec.name() + " has no begin token");
            }
            return ids;
        }
        int[] begun = new int[ids.length + 1];
        begun[0] = bos.getAsInt();
        System.arraycopy(ids, 0, begun, 1, ids.length);
        return begun;
    }

    private int[] checked(int[] ids) {
        if (ids.length == 0) {
            throw new OptionException("the prompt has no tokens, expected at least one");
        }
        for (int id : ids) {
            if (id < 0 || id >= spec.vocabulary()) {
                throw new OptionException("the prompt has token " + id + ", expected 0 to " + (spec.vocabulary() - 1));
            }
        }
        return ids;
    }
}
