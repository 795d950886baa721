package dev.vivace.cli;

import java.io.PrintStream;
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
        out.println(MAPPER.writeValueAsString(object));
        out.flush();
    }
}
