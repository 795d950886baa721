package dev.vivace.lab;

import java.io.PrintStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Results as JSON objects with llama-bench's field names, one a line; alone or as an array. What has no
/// meaning here
/// is left out: steps are not cut into batches of a fixed size, and nothing runs on a graphics card.
final class BenchJson implements BenchWriter {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final PrintStream out;
    private final boolean array;
    private boolean empty = true;

    BenchJson(PrintStream out, boolean array) {
        this.out = out;
        this.array = array;
    }

    @Override
    public void add(BenchResult result) {
        String object = MAPPER.writeValueAsString(object(result));
        if (array) {
            out.print((empty ? "[" : ",") + "\n" + object);
        } else {
            out.println(object);
        }
        empty = false;
        out.flush();
    }

    @Override
    public void end() {
        if (array) {
            out.println(empty ? "[]" : "\n]");
        }
        out.flush();
    }

    private static ObjectNode object(BenchResult result) {
        ObjectNode object = MAPPER.createObjectNode();
        BenchFields.of(result).forEach((name, value) -> object.set(name, MAPPER.valueToTree(value)));
        ArrayNode nanos = object.putArray("samples_ns");
        result.nanos().forEach(nanos::add);
        ArrayNode rates = object.putArray("samples_ts");
        for (double rate : result.rates()) {
            rates.add(rate);
        }
        return object;
    }
}
