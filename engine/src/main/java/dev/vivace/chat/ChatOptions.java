package dev.vivace.chat;

import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a template is told beside the messages.
///
/// @param generationPrompt whether the text ends with the start of the assistant's next message
///     (`add_generation_prompt`)
/// @param specialTokens the model's special tokens by the name that templates give them, such as `bos_token` and
///     `eos_token`; their text stays control text
/// @param variables anything else that the template asks for, such as `tools`, `documents` or `enable_thinking`;
///     strings in it count as user text
/// @param clock what the template's `strftime_now` reads
public record ChatOptions(
        boolean generationPrompt, Map<String, String> specialTokens, Map<String, Object> variables, Clock clock) {
    /// Copies the maps.
    public ChatOptions {
        specialTokens = Collections.unmodifiableMap(new LinkedHashMap<>(specialTokens));
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /// The usual start: a generation prompt, no special tokens, no variables.
    ///
    /// @param clock what the template's `strftime_now` reads
    public ChatOptions(Clock clock) {
        this(true, Map.of(), Map.of(), clock);
    }

    /// The same with or without the start of the assistant's next message.
    ///
    /// @param wanted whether the text ends with it
    /// @return the new options
    public ChatOptions withGenerationPrompt(boolean wanted) {
        return new ChatOptions(wanted, specialTokens, variables, clock);
    }

    /// The same with one more special token.
    ///
    /// @param name the name that templates give it, such as `bos_token`
    /// @param token its text
    /// @return the new options
    public ChatOptions withSpecialToken(String name, String token) {
        Map<String, String> more = new LinkedHashMap<>(specialTokens);
        more.put(name, token);
        return new ChatOptions(generationPrompt, more, variables, clock);
    }

    /// The same with one more variable.
    ///
    /// @param name the name that the template gives it, such as `tools`
    /// @param value strings, booleans, numbers, maps, collections, and null or an empty optional for none
    /// @return the new options
    public ChatOptions withVariable(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(variables);
        more.put(name, value);
        return new ChatOptions(generationPrompt, specialTokens, more, clock);
    }
}
