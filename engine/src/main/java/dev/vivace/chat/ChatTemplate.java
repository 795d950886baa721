package dev.vivace.chat;

import dev.vivace.chat.jinja.JinjaTemplate;
import dev.vivace.tokenizer.MarkedText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The template by which a model's file says how a conversation becomes one text. It is a subset of Jinja with the
/// settings and functions that Hugging Face's `transformers` gives to chat templates: blocks take their newline
/// and their
/// indent, `tojson` does not escape, and there are `raise_exception`, `strftime_now`, `break` and `continue`.
///
/// The text remembers which characters came from messages and variables, so that a tokenizer never reads a
/// control token
/// in them. Immutable, and safe to render from many threads.
public final class ChatTemplate {
    /// Roles that templates build control tokens from, such as `<|user|>`. Any other role is user text.
    private static final Set<String> ROLES =
            Set.of("system", "developer", "user", "assistant", "model", "tool", "function", "ipython");

    private final JinjaTemplate template;

    private ChatTemplate(JinjaTemplate template) {
        this.template = template;
    }

    /// Parses a template.
    ///
    /// @param source its text, in a GGUF file the value of `tokenizer.chat_template`
    /// @return the template, ready to render
    /// @throws dev.vivace.FormatException if it is not well formed; names the line
    /// @throws dev.vivace.UnsupportedException if it uses a tag, filter or test that is not supported; names
    /// the line and
    ///     what is supported
    public static ChatTemplate parse(String source) {
        return new ChatTemplate(JinjaTemplate.parse(source));
    }

    /// Renders a conversation.
    ///
    /// @param messages the conversation in its order
    /// @param options what the template is told beside it
    /// @return the text, with the characters marked that are not the template's own
    /// @throws dev.vivace.OptionException if the template refuses the conversation; carries the template's own
    /// message
    /// @throws dev.vivace.FormatException if the template fails or does not end within its limits; names the line
    public MarkedText render(List<Message> messages, ChatOptions options) {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("tools", Optional.empty());
        variables.put("documents", Optional.empty());
        variables.putAll(options.variables());
        options.specialTokens().forEach((name, token) -> variables.put(name, new JinjaTemplate.Trusted(token)));
        variables.put("add_generation_prompt", options.generationPrompt());
        List<Object> conversation = new ArrayList<>();
        for (Message message : messages) {
            Map<String, Object> fields = new LinkedHashMap<>();
            String role = message.role();
            fields.put("role", ROLES.contains(role) ? new JinjaTemplate.Trusted(role) : role);
            fields.putAll(message.fields());
            conversation.add(fields);
        }
        variables.put("messages", conversation);
        return template.render(variables, options.clock());
    }
}
