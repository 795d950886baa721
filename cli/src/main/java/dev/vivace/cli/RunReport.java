package dev.vivace.cli;

import dev.vivace.Answer;
import dev.vivace.GenerateOptions;
import dev.vivace.Timings;
import dev.vivace.sampling.TokenLogProbs;
import dev.vivace.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `run` says about an answer beside its text.
///
/// @param answer the answer
/// @param options how it was made
/// @param loadNanos how long the model took to load
record RunReport(Answer answer, GenerateOptions options, long loadNanos) {
    private static final double NANOS_PER_MILLI = 1e6;

    /// One line for a person.
    String line() {
        return timings(answer.timings()) + "; loaded in " + seconds(loadNanos) + "; seed "
                + options.sampling().seed().orElse(0);
    }

    /// `timings` in one line.
    static String timings(Timings timings) {
        int computed = timings.promptTokens() - timings.cachedTokens();
        String cached = timings.cachedTokens() > 0 ? " (" + timings.cachedTokens() + " more were stored)" : "";
        return "prompt: " + computed + " tokens in " + seconds(timings.promptNanos()) + ", "
                + rate(timings.promptPerSecond()) + cached + "; answer: " + timings.generatedTokens() + " tokens in "
                + seconds(timings.generateNanos()) + ", " + rate(timings.generatedPerSecond());
    }

    /// One object for a program.
    ObjectNode object(String model, Tokenizer tokenizer) {
        ObjectNode root = Json.object().put("model", model).put("text", answer.text());
        ArrayNode tokens = root.putArray("tokens");
        answer.tokens().forEach(tokens::add);
        root.put("finish_reason", answer.finishReason().name().toLowerCase(Locale.ROOT));
        root.put("stop", answer.stop().orElse(null));
        root.put("seed", options.sampling().seed().orElse(0));
        if (options.sampling().topLogProbs().isPresent()) {
            ArrayNode all = root.putArray("logprobs");
            for (TokenLogProbs one : answer.logProbs()) {
                ObjectNode token = entry(all.addObject(), tokenizer, one.token(), one.logProb());
                ArrayNode top = token.putArray("top");
                one.top().forEach(other -> entry(top.addObject(), tokenizer, other.token(), other.logProb()));
            }
        }
        Timings timings = answer.timings();
        root.putObject("timings")
                .put("load_ms", loadNanos / NANOS_PER_MILLI)
                .put("prompt_tokens", timings.promptTokens())
                .put("cached_tokens", timings.cachedTokens())
                .put("prompt_ms", timings.promptNanos() / NANOS_PER_MILLI)
                .put("prompt_per_second", timings.promptPerSecond())
                .put("generated_tokens", timings.generatedTokens())
                .put("generate_ms", timings.generateNanos() / NANOS_PER_MILLI)
                .put("generated_per_second", timings.generatedPerSecond());
        return root;
    }

    private static ObjectNode entry(ObjectNode entry, Tokenizer tokenizer, int id, double logProb) {
        entry.put("id", id).put("text", new String(tokenizer.bytes(id), StandardCharsets.UTF_8));
        // JSON has no infinity: a token that the model rules out has no log-probability.
        return Double.isFinite(logProb) ? entry.put("logprob", logProb) : entry.putNull("logprob");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, nanos < 1_000_000_000 ? "%.3f s" : "%.2f s", nanos / 1e9);
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 100 ? "%.1f/s" : "%.0f/s", perSecond);
    }
}
