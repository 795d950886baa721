package dev.vivace;

import dev.vivace.runtime.LiveRequest;
import dev.vivace.sampling.StopMatcher;
import dev.vivace.sampling.StopStrings;
import dev.vivace.sampling.TokenLogProbs;
import dev.vivace.seam.Results;
import dev.vivace.tensor.Matrix;
import dev.vivace.tokenizer.Detokenizer;
import dev.vivace.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Turns the tokens of one request into text and its end into an answer, on the loop's thread.
final class AnswerWriter implements LiveRequest.Listener {
    private final Generation generation;
    private final Tokenizer tokenizer;
    private final GenerateOptions options;
    private final Consumer<List<Integer>> settle;
    private final Detokenizer detokenizer;
    private final StopMatcher stops;
    private final List<Integer> tokens = new ArrayList<>();
    private final List<TokenLogProbs> logProbs = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final int promptTokens;
    private final int cachedTokens;
    private final long startNanos = System.nanoTime();
    private long prefilledNanos;
    private boolean ended;

    /// @param settle hears all tokens made, before the answer is complete
    AnswerWriter(
            Generation generation,
            Tokenizer tokenizer,
            GenerateOptions options,
            int promptTokens,
            int cachedTokens,
            Consumer<List<Integer>> settle) {
        this.generation = generation;
        this.tokenizer = tokenizer;
        this.options = options;
        this.promptTokens = promptTokens;
        this.cachedTokens = cachedTokens;
        this.settle = settle;
        this.detokenizer = promptTokens <= 1 ? tokenizer.detokenizer() : tokenizer.continuation();
        this.stops = StopStrings.of(options.stop()).matcher();
    }

    @Override
    public void prefilled() {
        prefilledNanos = System.nanoTime();
    }

    @Override
    public boolean token(int token, Results results, int row) {
        tokens.add(token);
        OptionalInt top = options.sampling().topLogProbs();
        if (top.isPresent()) {
            Matrix logits = results.logits();
            long offset = logits.offset(results.logitsRow(row));
            logProbs.add(TokenLogProbs.of(logits.data(), offset, logits.columns(), token, top.getAsInt()));
        }
        // Some files pad the embedding: rows past the vocabulary have no text and end nothing.
        if (token >= tokenizer.size()) {
            return true;
        }
        if (!options.ignoreEnd() && tokenizer.isEnd(token)) {
            ended = true;
            return false;
        }
        show(stops.push(detokenizer.push(token)));
        ended = stops.isStopped();
        return !ended;
    }

    private void show(String shown) {
        if (!shown.isEmpty()) {
            text.append(shown);
            generation.offer(new Piece(shown, tokens.size()));
        }
    }

    @Override
    public void finished(LiveRequest.Ending ending) {
        try {
            if (!stops.isStopped()) {
                show(stops.push(detokenizer.finish()));
            }
            if (!stops.isStopped()) {
                show(stops.finish());
            }
        } catch (RuntimeException failure) {
            failed(failure);
            return;
        }
        settle.accept(tokens);
        FinishReason reason = switch (ending) {
            case STOPPED -> FinishReason.STOP;
            case LENGTH -> ended || stops.isStopped() ? FinishReason.STOP : FinishReason.LENGTH;
            case CANCELLED -> FinishReason.CANCELLED;
        };
        generation.complete(
                new Answer(text.toString(), tokens, logProbs, reason, stops.matched(), timings(System.nanoTime())));
    }

    private Timings timings(long now) {
        long stored = prefilledNanos == 0 ? now : prefilledNanos;
        return new Timings(promptTokens, cachedTokens, stored - startNanos, tokens.size(), now - stored);
    }

    @Override
    public void failed(RuntimeException cause) {
        settle.accept(tokens);
        generation.fail(cause);
    }
}
