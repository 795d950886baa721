package dev.vivace.runtime;

import dev.vivace.sampling.Sampler;
import dev.vivace.seam.Accepted;
import dev.vivace.seam.Prefill;
import dev.vivace.seam.Request;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One answer on its way through the engine's loop. Only the loop's thread touches it, but for [#cancel].
public final class LiveRequest implements Request {
    /// Hears what becomes of a request, on the loop's thread: must be quick. What [#prefilled] and [#token]
    /// throw ends the request; the other two must not throw.
    public interface Listener {
        /// The prompt is stored; tokens follow.
        void prefilled();

        /// A token was accepted.
        ///
        /// @param results the step it came of, borrowed
        /// @param row the batch row whose logits it was chosen from
        /// @return whether to go on
        boolean token(int token, Results results, int row);

        /// Nothing follows. The sequence holds the prompt and all accepted tokens but the last, or less.
        void finished(Ending ending);

        /// The request failed; nothing follows.
        void failed(RuntimeException cause);
    }

    /// Why a request ended.
    public enum Ending {
        /// The listener had enough.
        STOPPED,
        /// All tokens asked for are made.
        LENGTH,
        /// Somebody called [#cancel].
        CANCELLED
    }

    private final DecoderRunner runner;
    private final Sequence sequence;
    private final Sampler sampler;
    private final Listener listener;
    private final int maxTokens;
    private final Accepted accepted = new Accepted();
    private int[] prompt;
    private int cached;
    private int[] made = new int[16];
    private int madeCount;
    private int prefillBudget;
    private int draftBudget;
    private boolean rests;
    private boolean prefilledOnce;
    private Prefill.@Nullable Job job;
    private volatile boolean cancelled;

    /// A request for up to `maxTokens` tokens after `prompt`, of which `cached` tokens are stored in `sequence`
    /// already.
    public LiveRequest(
            Runner runner,
            Sequence sequence,
            int[] prompt,
            int cached,
            Sampler sampler,
            int maxTokens,
            Listener listener) {
        this.runner = (DecoderRunner) runner;
        this.sequence = sequence;
        this.prompt = prompt;
        this.cached = cached;
        this.sampler = sampler;
        this.maxTokens = maxTokens;
        this.listener = listener;
    }

    /// Ends the request before its next step; from any thread.
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    DecoderRunner runner() {
        return runner;
    }

    Listener listener() {
        return listener;
    }

    Accepted accepted() {
        return accepted;
    }

    int prefillBudget() {
        return prefillBudget;
    }

    void budget(int prefill, int draft) {
        prefillBudget = prefill;
        draftBudget = Math.max(0, draft);
        rests = false;
    }

    /// No rows until [#budget] gives some.
    void rest() {
        prefillBudget = 0;
        draftBudget = 0;
        rests = true;
    }

    boolean rests() {
        return rests;
    }

    Prefill.Job job() {
        if (job == null) {
            job = runner.parts().prefill().start(this, runner);
        }
        return job;
    }

    boolean isDone() {
        return madeCount >= maxTokens;
    }

    /// The prompt is stored: no more prefill.
    void prefilled() {
        job = null;
        runner.parts().cache().prefixDone(sequence);
        if (!prefilledOnce) {
            prefilledOnce = true;
            listener.prefilled();
        }
    }

    void made(int token) {
        if (madeCount == made.length) {
            made = Arrays.copyOf(made, madeCount * 2);
        }
        made[madeCount++] = token;
    }

    /// Begins the prefill again with what was stored before it; after a step that failed.
    void restartPrefill() {
        sequence.truncate(cached);
        job = null;
    }

    /// Gives every page back; the prompt and what was said since must be stored again.
    void preempt() {
        sequence.truncate(0);
        int promptLength = prompt.length;
        int[] next = Arrays.copyOf(prompt, promptLength + madeCount);
        System.arraycopy(made, 0, next, promptLength, madeCount);
        prompt = next;
        cached = 0;
        job = null;
    }

    @Override
    public Sequence sequence() {
        return sequence;
    }

    @Override
    public int[] prompt() {
        return prompt;
    }

    @Override
    public int cached() {
        return cached;
    }

    @Override
    public Sampler sampler() {
        return sampler;
    }

    @Override
    public int pending() {
        return made[madeCount - 1];
    }

    @Override
    public int remaining() {
        return maxTokens - madeCount;
    }

    @Override
    public int draftBudget() {
        return draftBudget;
    }
}
