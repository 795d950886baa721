package dev.vivace;

import dev.vivace.chat.Message;
import java.util.List;

/// What an answer is made to.
public sealed interface Prompt {
    /// A text to be continued as it is; control tokens spelled in it stay plain text. An empty one starts from
    /// the begin token.
    ///
    /// @param text any text
    record Raw(String text) implements Prompt {}

    /// A conversation, put into the model's own words by its chat template. Earlier turns that a session has
    /// stored are not computed again.
    ///
    /// @param messages oldest first
    record Chat(List<Message> messages) implements Prompt {
        /// Copies the list.
        public Chat {
            messages = List.copyOf(messages);
        }
    }

    /// Tokens as they are.
    ///
    /// @param ids token ids, at least one
    record Tokens(int[] ids) implements Prompt {
        /// Copies the ids.
        public Tokens {
            ids = ids.clone();
        }
    }

    /// A text to be continued as it is.
    static Prompt raw(String text) {
        return new Raw(text);
    }

    /// One user's message.
    static Prompt user(String text) {
        return new Chat(List.of(new Message("user", text)));
    }

    /// A conversation.
    static Prompt chat(List<Message> messages) {
        return new Chat(messages);
    }

    /// Tokens as they are.
    static Prompt tokens(int... ids) {
        return new Tokens(ids);
    }
}
