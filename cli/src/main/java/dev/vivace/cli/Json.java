package dev.vivace.cli;

import java.io.PrintStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON as commands print it with `--json`: one object, its members in the order in which they were put.
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /// An empty object.
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// Prints `object` and a line break.
    static void print(PrintStream out, ObjectNode object) {
        out.println(text(object));
        out.flush();
    }

    /// `object` as text.
    static String text(ObjectNode object) {
        return MAPPER.writeValueAsString(object);
    }

    /// The value that `text` spells.
    ///
    /// @throws tools.jackson.core.JacksonException when it is not well formed
    static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }
}
