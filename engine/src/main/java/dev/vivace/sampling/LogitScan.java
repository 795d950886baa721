package dev.vivace.sampling;

import dev.vivace.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Walks the logits that pass a rising threshold, in order of their ids. What does not pass costs next to nothing: a
/// kernel runs over it. Logits that rise all along would have it called for each of them, so that after some finds
/// plain steps go on.
final class LogitScan {
    private static final int PATIENCE = 4096;

    private final Kernels kernels;
    private MemorySegment logits = MemorySegment.NULL;
    private long offset;
    private int count;
    private int finds;

    LogitScan(Kernels kernels) {
        this.kernels = kernels;
    }

    /// Starts with the `n` logits at byte `from`.
    void over(MemorySegment memory, long from, int n) {
        logits = memory;
        offset = from;
        count = n;
        finds = 0;
    }

    /// How many logits there are.
    int count() {
        return count;
    }

    float logit(int id) {
        return logits.get(ValueLayout.JAVA_FLOAT, offset + 4L * id);
    }

    /// The first token above negative infinity; [#count] if there is none.
    int begin() {
        return next(-1, Float.NEGATIVE_INFINITY);
    }

    /// The first token after `id` whose logit is above `threshold`; [#count] if there is none.
    ///
    /// @throws dev.vivace.FormatException when a logit up to there is NaN or positive infinity
    int next(int id, float threshold) {
        int at = id + 1;
        if (finds++ < PATIENCE) {
            at = kernels.firstAbove(logits, offset, at, count, threshold);
        } else {
            while (at < count && logit(at) <= threshold) {
                at++;
            }
        }
        if (at < count && !(logit(at) < Float.POSITIVE_INFINITY)) {
            throw Candidates.notFinite(at, logit(at));
        }
        return at;
    }
}
