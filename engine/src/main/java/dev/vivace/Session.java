package dev.vivace;

import dev.vivace.runtime.EngineLoop;
import dev.vivace.runtime.LiveRequest;
import dev.vivace.runtime.OneAnswer;
import dev.vivace.runtime.Scorer;
import dev.vivace.sampling.Sampler;
import dev.vivace.seam.Plan;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Search;
import dev.vivace.seam.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One conversation or text with a model: its tokens and their keys and values. What a new prompt shares with
/// the tokens stored is not computed again. For one thread at a time, one answer at a time; any number of
/// sessions of a model may run at once and share its steps. Owns its cache: close it.
public final class Session implements AutoCloseable {
    private final Model model;
    private final Plan plan;
    private final Runner runner;
    private final EngineLoop loop;
    private Sequence sequence;
    private List<Integer> stored = List.of();
    private @Nullable Generation running;
    private boolean closed;

    Session(Model model, Plan plan, Runner runner, EngineLoop loop, Sequence sequence) {
        this.model = model;
        this.plan = plan;
        this.runner = runner;
        this.loop = loop;
        this.sequence = sequence;
    }

    /// The model.
    public Model model() {
        return model;
    }

    /// The techniques that are on.
    public Plan plan() {
        return plan;
    }

    /// The tokens whose keys and values are stored.
    public synchronized List<Integer> tokens() {
        return List.copyOf(stored);
    }

    /// Answers `prompt`: a user's message where the model has a chat template, else a text to be continued.
    /// Waits for the end.
    public String generate(String prompt) {
        return generate(prompt, GenerateOptions.DEFAULT).text();
    }

    /// Begins an answer to `prompt`: a user's message where the model has a chat template, else a text to be
    /// continued.
    ///
    /// @throws CapacityException if the prompt does not fit into the context
    public Generation generate(String prompt, GenerateOptions options) {
        return generate(model.chatTemplate().isPresent() ? Prompt.user(prompt) : Prompt.raw(prompt), options);
    }

    /// Begins an answer.
    ///
    /// @throws CapacityException if the prompt does not fit into the context
    /// @throws UnsupportedException for a conversation with a model that has no chat template
    public Generation generate(Prompt prompt, GenerateOptions options) {
        int[] tokens = model.tokens(prompt, Math.min(1, options.maxTokens()));
        return begin(tokens, Math.min(options.maxTokens(), model.context() - tokens.length), options);
    }

    private synchronized Generation begin(int[] tokens, int maxTokens, GenerateOptions options) {
        requireFree();
        int cached = reuse(tokens);
        Sampler sampler =
                options.sampling().sampler(model.nextSeed(), model.kernels().kernels());
        for (int token : tokens) {
            sampler.accept(token);
        }
        LiveRequest[] request = new LiveRequest[1];
        Generation generation = new Generation(() -> loop.cancel(request[0]));
        AnswerWriter writer = new AnswerWriter(
                generation, model.tokenizer(), options, tokens.length, cached, made -> settle(tokens, made));
        request[0] = new LiveRequest(runner, sequence, tokens, cached, sampler, maxTokens, writer);
        running = generation;
        loop.submit(request[0]);
        return generation;
    }

    private void requireFree() {
        if (closed) {
            throw new OptionException("the session is closed");
        }
        if (running != null) {
            throw new OptionException(
                    "the session is busy with another answer: wait for it, cancel it or open another session");
        }
    }

    /// Cuts the sequence back to what `tokens` begins with; at least one token is left to compute.
    private int reuse(int[] tokens) {
        int shared = 0;
        int most = Math.min(stored.size(), tokens.length - 1);
        while (shared < most && stored.get(shared) == tokens[shared]) {
            shared++;
        }
        if (sequence.length() != stored.size() || (shared < stored.size() && !sequence.truncatable())) {
            shared = 0;
            sequence.close();
            sequence = runner.open();
        } else if (shared < sequence.length()) {
            sequence.truncate(shared);
        }
        return shared;
    }

    /// Notes what is stored after an answer: prompt and tokens made, as far as the sequence goes.
    private synchronized void settle(int[] prompt, List<Integer> made) {
        List<Integer> all = new ArrayList<>(prompt.length + made.size());
        for (int token : prompt) {
            all.add(token);
        }
        all.addAll(made);
        if (sequence.length() > all.size() && sequence.truncatable()) {
            sequence.truncate(all.size());
        }
        stored = List.copyOf(all.subList(0, Math.min(all.size(), sequence.length())));
        running = null;
        if (closed) {
            sequence.close();
        }
    }

    /// Natural-log probabilities of `tokens[from..]`, each given all tokens before it, under the model as it
    /// is. Does not touch the session's own text. Waits for the end.
    ///
    /// @param tokens a text as tokens, at most the context
    /// @param from the first token to be judged, at least 1
    /// @return one value for each token from `from` on
    public double[] score(int[] tokens, int from) {
        if (from < 1 || from > tokens.length || tokens.length > model.context()) {
            throw new OptionException("score of tokens [" + from + ", " + tokens.length
                    + "), expected 1 to the context of " + model.context());
        }
        model.tokenize(Prompt.tokens(tokens));
        return Scorer.score(loop, runner, model.workers(), tokens, from);
    }

    /// Answers by the plan's [Search] (one plain answer without one), over forks of this session, which stays
    /// as it is.
    ///
    /// @param reward judges answers, where the search asks
    public String search(Prompt prompt, GenerateOptions options, Search.Reward reward) {
        Search search = model.search(plan).orElseGet(() -> new OneAnswer(options.maxTokens()));
        try (SessionBranch root = new SessionBranch(fork(), options, model.tokens(prompt, 0))) {
            return search.solve(root, reward);
        }
    }

    /// An independent session with the same text; pages are shared until one side changes them.
    public synchronized Session fork() {
        requireFree();
        Session copy = new Session(model, plan, runner, loop, sequence.fork());
        copy.stored = stored;
        return model.opened(copy);
    }

    /// As [#fork()], with other techniques from here on. What is stored is shared where those allow it, else
    /// computed again when an answer needs it.
    ///
    /// @throws UnsupportedException if a technique cannot run on this model; gives every reason
    public synchronized Session fork(Plan other) {
        requireFree();
        Session copy = model.session(other);
        if (copy.loop == loop) {
            copy.runner.adopt(sequence).ifPresent(shared -> {
                copy.sequence.close();
                copy.sequence = shared;
                copy.stored = stored;
            });
        }
        return copy;
    }

    /// Forgets the text.
    public synchronized void reset() {
        requireFree();
        sequence.close();
        sequence = runner.open();
        stored = List.of();
    }

    /// Gives the cache back; an answer on its way is given up. Idempotent.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            model.closed(this);
            if (running == null) {
                sequence.close();
            } else {
                running.cancel();
            }
        }
    }
}
