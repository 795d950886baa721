package dev.vivace.runtime;

import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Workers;
import dev.vivace.sampling.TokenLogProbs;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;

/// Log-probabilities of a given text.
public final class Scorer {
    /// Logits of one step take at most this much.
    private static final long LOGITS_BYTES = 64L << 20;

    private Scorer() {}

    /// Natural-log probabilities of `tokens[from..]`, each given all before it.
    public static double[] score(EngineLoop loop, Runner runner, Workers workers, int[] tokens, int from) {
        long rowBytes = 4L * runner.spec().vocabulary();
        int judged = (int) Math.clamp(LOGITS_BYTES / rowBytes, 1, ContinuousBatching.STEP_ROWS);
        double[] scores = new double[tokens.length - from];
        Sequence sequence = loop.call(runner::open);
        try {
            int next = 0;
            while (next < tokens.length - 1) {
                int first = next;
                // Rows before the first judged one need no logits and go in larger steps.
                int end = first < from - 1 ? Math.min(from - 1, first + ContinuousBatching.STEP_ROWS) : first + judged;
                int last = Math.min(tokens.length - 1, end);
                loop.call(() -> {
                    chunk(runner, workers, sequence, tokens, first, last, from, scores);
                    return scores;
                });
                next = last;
            }
        } finally {
            loop.call(() -> {
                sequence.close();
                return scores;
            });
        }
        return scores;
    }

    /// Computes rows `[first, last)`; row `i` judges token `i + 1`.
    private static void chunk(
            Runner runner,
            Workers workers,
            Sequence sequence,
            int[] tokens,
            int first,
            int last,
            int from,
            double[] scores) {
        Batch batch = new Batch();
        for (int i = first; i < last; i++) {
            int row = batch.add(sequence, Phase.PREFILL, tokens[i]);
            if (i + 1 >= from) {
                batch.wantLogits(row);
            }
        }
        Results results = runner.run(batch);
        if (last < from) {
            return;
        }
        Matrix logits = results.logits();
        workers.run((worker, of) -> {
            for (int i = Math.max(first, from - 1) + worker; i < last; i += of) {
                long offset = logits.offset(results.logitsRow(i - first));
                scores[i + 1 - from] = TokenLogProbs.of(logits.data(), offset, logits.columns(), tokens[i + 1], 0)
                        .logProb();
            }
        });
    }
}
