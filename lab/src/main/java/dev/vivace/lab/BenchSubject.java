package dev.vivace.lab;

import dev.vivace.Model;
import dev.vivace.format.gguf.MetadataValue;
import dev.vivace.tensor.DType;
import java.util.Locale;

/// The model that is timed, and how it is run.
///
/// @param file the file as the user named it
/// @param type family, size and main format, such as `llama 135M Q4_1`
/// @param bytes bytes of all weights as stored
/// @param parameters weights in all
/// @param cacheType how keys and values are stored
/// @param threads threads that compute
/// @param isa the level of the kernels
/// @param kernels why these kernels were chosen, one sentence
public record BenchSubject(
        String file,
        String type,
        long bytes,
        long parameters,
        DType cacheType,
        int threads,
        String isa,
        String kernels) {
    /// `model` as it is loaded.
    ///
    /// @param file the file as the user named it
    public static BenchSubject of(String file, Model model) {
        long parameters = model.checkpoint().parameters();
        String type = model.spec().architecture() + " " + size(parameters) + " " + format(model);
        return new BenchSubject(
                file,
                type,
                model.checkpoint().bytes(),
                parameters,
                model.options().cacheType(),
                model.threads(),
                model.kernels().kernels().isa().name().toLowerCase(Locale.ROOT),
                model.kernels().reason());
    }

    /// A count as models are named: `260K`, `135M`, `1.5B`.
    static String size(long parameters) {
        String[] units = {"", "K", "M", "B", "T"};
        double value = parameters;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        String digits = String.format(Locale.ROOT, value < 9.95 && unit > 0 ? "%.1f" : "%.0f", value);
        return digits.replaceFirst("\\.0$", "") + units[unit];
    }

    /// What the file says its mix of formats is, as llama.cpp spells it; else the format that most weights have.
    private static String format(Model model) {
        long code = model.metadata()
                .value("general.file_type")
                .map(value -> value instanceof MetadataValue.Whole whole ? whole.value() : -1L)
                .orElse(-1L);
        return switch ((int) Math.clamp(code, -1, Integer.MAX_VALUE)) {
            case 0 -> "all F32";
            case 1 -> "F16";
            case 2 -> "Q4_0";
            case 3 -> "Q4_1";
            case 7 -> "Q8_0";
            case 8 -> "Q5_0";
            case 9 -> "Q5_1";
            case 14 -> "Q4_K - Small";
            case 15 -> "Q4_K - Medium";
            case 16 -> "Q5_K - Small";
            case 17 -> "Q5_K - Medium";
            case 18 -> "Q6_K";
            case 32 -> "BF16";
            default -> model.checkpoint().dominantType().name();
        };
    }
}
