package dev.vivace.cli;

import dev.vivace.kernel.CpuReport;
import dev.vivace.kernel.CpuReport.Level;
import dev.vivace.kernel.CpuReport.Measurement;
import dev.vivace.kernel.Isa;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A [CpuReport] for a program.
final class CpuJson {
    private CpuJson() {}

    static ObjectNode object(CpuReport report) {
        ObjectNode root = Json.object();
        root.put("processor", report.processor());
        root.put("model", report.model().orElse(null));
        ArrayNode caches = root.putArray("cache_bytes");
        report.cacheBytes().forEach(caches::add);
        ObjectNode features = root.putObject("features");
        report.features().forEach(features::put);
        root.put("amx_tiles", report.tiles());
        ObjectNode chosen = root.putObject("chosen");
        chosen.put("level", name(report.choice().kernels().isa()));
        chosen.put("reason", report.choice().reason());
        ObjectNode tuning = root.putObject("tuning");
        tuning.put("origin", report.tuning());
        ArrayNode choices = tuning.putArray("choices");
        for (Measurement measurement : report.measurements()) {
            ObjectNode choice = choices.addObject();
            choice.put("operation", measurement.operation());
            choice.put("chosen", measurement.chosen());
            ObjectNode nanos = choice.putObject("nanos");
            measurement.nanos().forEach(nanos::put);
        }
        ArrayNode levels = root.putArray("levels");
        for (Level level : report.levels()) {
            levels.addObject()
                    .put("level", name(level.isa()))
                    .put("runs", level.obstacle().isEmpty())
                    .put("obstacle", level.obstacle().orElse(null));
        }
        return root;
    }

    /// A level as users write it.
    static String name(Isa isa) {
        return isa.name().toLowerCase(Locale.ROOT);
    }
}
