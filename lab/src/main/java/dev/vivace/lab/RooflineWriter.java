package dev.vivace.lab;

import java.io.PrintStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints a [Roofline].
public final class RooflineWriter {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private RooflineWriter() {}

    /// For a person: a table for each phase.
    public static void text(Roofline roofline, PrintStream out) {
        new RooflineText(out).print(roofline);
    }

    /// For a program: one object on one line. Times, bytes and operations are those of all tokens of a phase.
    public static void json(Roofline roofline, PrintStream out) {
        BenchSubject subject = roofline.subject();
        ObjectNode root = MAPPER.createObjectNode()
                .put("model_filename", subject.file())
                .put("model_type", subject.type())
                .put("n_threads", subject.threads())
                .put("isa", subject.isa())
                .put("kernels", subject.kernels());
        root.set("limits", LimitsWriter.object(roofline.limits()));
        ArrayNode phases = root.putArray("phases");
        roofline.phases().forEach(phase -> phase(phases.addObject(), phase));
        out.println(MAPPER.writeValueAsString(root));
        out.flush();
    }

    private static void phase(ObjectNode object, RooflinePhase phase) {
        object.put("test", phase.name())
                .put("tokens", phase.tokens())
                .put("time_ns", phase.nanos())
                .put("limit_ns", phase.limitNanos())
                .put("avg_ts", phase.rate())
                .put("first_to_improve", phase.firstToImprove().operation());
        ArrayNode operations = object.putArray("operations");
        for (RooflinePhase.Line line : phase.lines()) {
            operations
                    .addObject()
                    .put("operation", line.operation())
                    .put("calls", line.calls())
                    .put("time_ns", line.nanos())
                    .put("bytes", line.bytes())
                    .put("operations", line.operations())
                    .put("limit_ns", line.limitNanos())
                    .put("bound", line.bound())
                    .put("share", line.share());
        }
    }
}
