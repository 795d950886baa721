package dev.vivace.chat;

import dev.vivace.OptionException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One message of a conversation. Beside the role it has fields, as templates know them: `content`, and where a
/// model
/// uses them `tool_calls`, `tool_call_id`, `name`, `reasoning_content` and so on. Values are strings, booleans,
/// numbers,
/// maps, lists, and null or an empty optional for none.
///
/// @param role who speaks: `system`, `user`, `assistant`, `tool`, or another that the template knows
/// @param fields all else, in the order given; copied
public record Message(String role, Map<String, Object> fields) {
    /// Copies the fields.
    ///
    /// @throws OptionException if the fields hold a role as well
    public Message {
        if (fields.containsKey("role")) {
            throw new OptionException("A message has its role twice: '" + role + "' and as a field; give it once.");
        }
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// A message of plain text.
    ///
    /// @param role who speaks
    /// @param content what is said
    public Message(String role, String content) {
        this(role, Map.of("content", content));
    }

    /// A message with one more field, or one replaced.
    ///
    /// @param name the field's name
    /// @param value its value
    /// @return the new message
    public Message with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new Message(role, more);
    }
}
