package dev.vivace.lab;

import dev.vivace.Model;
import dev.vivace.OptionException;
import dev.vivace.Prompt;
import dev.vivace.Session;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// How well a model predicts a text: the exponential of its mean negative log-likelihood a token, by llama.cpp's
/// protocol, so that figures can stand beside its own.
///
/// The text is tokenized once as a whole, with the begin token in front where the model wants it. It is cut
/// into chunks
/// of the context size; what is left over is dropped. Each chunk starts from an empty cache, and its *first token is
/// replaced* by the begin token where the model wants one. Scored are the predictions of the chunk's tokens
/// `context / 2 + 1` to `context - 1`, counted from 0: at least half a context stands before each.
///
/// @param value the perplexity
/// @param standardError the standard error of `value`, from the spread of the tokens' log-likelihoods
/// @param tokens tokens of the whole text, its begin token included, dropped ones too (what llama.cpp counts)
/// @param scored predictions that were scored
/// @param chunks chunks that were scored
/// @param context tokens of a chunk
public record Perplexity(double value, double standardError, int tokens, int scored, int chunks, int context) {
    /// The context where none is asked for.
    public static final int DEFAULT_CONTEXT = 512;

    /// A chunk shorter than this has nothing to score.
    private static final int LEAST_CONTEXT = 3;

    /// What is measured.
    ///
    /// @param context tokens of a chunk, 3 or more
    /// @param mostChunks chunks to score, from the front; 0: all
    public record Options(int context, int mostChunks) {
        /// All chunks of 512 tokens.
        public static final Options DEFAULT = new Options(DEFAULT_CONTEXT, 0);

        /// Checks each range.
        public Options {
            if (context < LEAST_CONTEXT) {
                throw new OptionException("context=" + context + ", expected " + LEAST_CONTEXT + " or more");
            }
            if (mostChunks < 0) {
                throw new OptionException("chunks=" + mostChunks + ", expected 0 (all) or more");
            }
        }
    }

    /// Natural-log probabilities of a text's tokens under a model.
    @FunctionalInterface
    public interface Scorer {
        /// One value for each token from `tokens[from]` on, given all before it, from an empty cache.
        double[] score(int[] tokens, int from);
    }

    /// How far the measuring is.
    ///
    /// @param chunk chunks scored so far
    /// @param of chunks to score
    /// @param value the perplexity of what was scored so far
    public record Progress(int chunk, int of, double value) {}

    /// Measures `model` on `text`.
    ///
    /// @param heard hears of each chunk, on this thread
    /// @throws OptionException if the text is shorter than one chunk, or the chunk longer than the model's context
    public static Perplexity of(Model model, String text, Options options, Consumer<Progress> heard) {
        if (options.context > model.context()) {
            throw new OptionException("context=" + options.context + ", but the model holds " + model.context()
                    + " positions, expected no more than that");
        }
        int[] tokens = text.isEmpty() ? new int[0] : model.tokenize(Prompt.raw(text));
        OptionalInt first = model.tokenizer().addBos() ? model.tokenizer().bos() : OptionalInt.empty();
        try (Session session = model.session()) {
            return of(session::score, tokens, first, options, heard);
        }
    }

    /// Measures `scorer` on a text that is tokenized already.
    ///
    /// @param tokens the whole text
    /// @param first what the first token of each chunk is replaced by, if the model wants that
    /// @param heard hears of each chunk, on this thread
    /// @throws OptionException if the text is shorter than one chunk
    public static Perplexity of(
            Scorer scorer, int[] tokens, OptionalInt first, Options options, Consumer<Progress> heard) {
        int context = options.context;
        int all = tokens.length / context;
        if (all == 0) {
            throw new OptionException("the text has " + tokens.length + " tokens, expected at least one chunk of "
                    + context + " (context=" + context + ")");
        }
        int chunks = options.mostChunks == 0 ? all : Math.min(all, options.mostChunks);
        Sum sum = new Sum();
        for (int chunk = 0; chunk < chunks; chunk++) {
            int[] part = Arrays.copyOfRange(tokens, chunk * context, (chunk + 1) * context);
            if (first.isPresent()) {
                part[0] = first.getAsInt();
            }
            sum.add(scorer.score(part, context / 2 + 1));
            heard.accept(new Progress(chunk + 1, chunks, sum.perplexity()));
        }
        return new Perplexity(sum.perplexity(), sum.standardError(), tokens.length, sum.count, chunks, context);
    }

    /// First and second moments of the negative log-likelihoods.
    private static final class Sum {
        private int count;
        private double sum;
        private double squares;

        void add(double[] logProbs) {
            for (double logProb : logProbs) {
                sum -= logProb;
                squares += logProb * logProb;
            }
            count += logProbs.length;
        }

        double perplexity() {
            return Math.exp(sum / count);
        }

        /// By the delta method: the standard error of the mean, times the slope of the exponential there.
        double standardError() {
            double mean = sum / count;
            double variance = Math.max(0, squares / count - mean * mean);
            return count > 1 ? Math.sqrt(variance / (count - 1)) * perplexity() : 0;
        }
    }
}
