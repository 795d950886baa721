package dev.vivace.sampling;

import dev.vivace.OptionException;
import dev.vivace.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Chooses the tokens of one request: runs the chain of a [Sampling] over a row of logits and draws. Knows the
/// tokens
/// accepted so far, for the penalties. Not safe for use by several threads; allocates nothing per token once its
/// arrays have grown.
///
/// Logits are `n` consecutive f32 in native byte order, one for each entry of the vocabulary; they are only read.
///
/// Randomness: every [#sample] draws one uniform number, no more and no less, from the stream of
/// `java.util.SplittableRandom(seed).nextDouble()`, computed here so that a fork can copy its place.
/// Probabilities are
/// computed in plain double arithmetic, in the order of token ids: the same logits and seed give the same tokens on
/// every machine.
public final class Sampler {
    /// Up to here the largest logits are looked for in place.
    private static final int MOST_TOP = 256;

    private final Sampling sampling;
    private final long seed;
    private final Candidates candidates;
    private final History history;
    private final List<Stage.Bound> chain;
    private final boolean argmax;
    private final Kernels kernels;
    private final LogitScan scan;
    /// What the chain's first stage keeps, where it is that small that the others need not be read; else 0.
    private final int top;
    private long randomState;

    Sampler(Sampling sampling, long seed, History history, Candidates candidates, Kernels kernels) {
        this.sampling = sampling;
        this.seed = seed;
        this.randomState = seed;
        this.history = history;
        this.candidates = candidates;
        this.kernels = kernels;
        this.scan = new LogitScan(kernels);
        List<Stage> stages = withoutIdleFilters(sampling.stages());
        this.argmax = stages.size() == 1 && isGreedy(stages.getFirst());
        this.top =
                !stages.isEmpty() && stages.getFirst() instanceof TopK first && first.k() <= MOST_TOP ? first.k() : 0;
        this.chain = stages.stream().map(stage -> stage.bind(history)).toList();
    }

    /// What this sampler runs.
    public Sampling sampling() {
        return sampling;
    }

    /// The seed of the draws.
    public long seed() {
        return seed;
    }

    /// Draws the next token from the `n` logits at byte `offset`. Does not accept it.
    ///
    /// @throws dev.vivace.FormatException when a logit is NaN or positive infinity, or all are negative infinity
    /// @throws OptionException when the chain bans every token
    public int sample(MemorySegment logits, long offset, int n) {
        double uniform = nextUniform();
        if (argmax) {
            return argmax(logits, offset, n);
        }
        double total = runChain(logits, offset, n);
        return candidates.id(candidates.indexAt(uniform * total));
    }

    /// What [#sample] draws from: the candidates that the chain leaves of the `n` logits at byte `offset`, and their
    /// probabilities. Borrowed until the next call of this sampler, or of one that shares its workspace. Draws
    /// nothing.
    ///
    /// @throws dev.vivace.FormatException when a logit is NaN or positive infinity, or all are negative infinity
    /// @throws OptionException when the chain bans every token
    public Candidates distribution(MemorySegment logits, long offset, int n) {
        if (argmax) {
            int best = argmax(logits, offset, n);
            candidates.single(best, logits.get(ValueLayout.JAVA_FLOAT, offset + 4L * best));
        } else {
            candidates.normalize(runChain(logits, offset, n));
        }
        return candidates;
    }

    /// The next uniform number in [0, 1) of this sampler's stream, for methods that accept or reject.
    public double nextUniform() {
        randomState += 0x9e3779b97f4a7c15L;
        long z = randomState;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }

    /// Log-probabilities of the model itself, before the chain; see [TokenLogProbs#of].
    public TokenLogProbs logProbs(MemorySegment logits, long offset, int n, int token, int top) {
        return TokenLogProbs.of(logits, offset, n, token, top);
    }

    /// Appends `token` to what the penalties look at: each token of the prompt, then each token chosen.
    ///
    /// @throws OptionException when `token` is negative
    public void accept(int token) {
        history.add(token);
    }

    /// How many tokens were accepted.
    public int accepted() {
        return history.size();
    }

    /// Forgets all but the first `acceptedCount` accepted tokens. Draws go on where they were: what is chosen again
    /// may come out differently.
    ///
    /// @throws OptionException when `acceptedCount` is negative or more than were accepted
    public void truncate(int acceptedCount) {
        history.truncate(acceptedCount);
    }

    /// A sampler in the same state, with a workspace of its own: it draws the same numbers from here on.
    public Sampler fork() {
        Sampler fork = new Sampler(sampling, seed, history.copy(), new Candidates(), kernels);
        fork.randomState = randomState;
        return fork;
    }

    /// A sampler with the same accepted tokens and a workspace of its own, which draws from `newSeed`.
    public Sampler fork(long newSeed) {
        return new Sampler(sampling, newSeed, history.copy(), new Candidates(), kernels);
    }

    private double runChain(MemorySegment logits, long offset, int n) {
        if (top > 0) {
            scan.over(logits, offset, n);
            candidates.loadTop(scan, top);
        } else {
            candidates.load(logits, offset, n);
        }
        for (int i = top > 0 ? 1 : 0; i < chain.size(); i++) {
            chain.get(i).apply(candidates);
        }
        if (candidates.size() == 0) {
            throw new OptionException("no token is left to choose from: the logit-bias rules out all "
                    + "candidates, expected one to stay");
        }
        return candidates.weigh();
    }

    private int argmax(MemorySegment logits, long offset, int n) {
        scan.over(logits, offset, n);
        int best = -1;
        for (int id = scan.begin(); id < n; id = scan.next(id, scan.logit(id))) {
            best = id;
        }
        if (best < 0) {
            throw Candidates.allImpossible(n);
        }
        return best;
    }

    /// Filters right before a greedy stage cannot change what it picks: the best candidate passes all of them.
    private static List<Stage> withoutIdleFilters(List<Stage> stages) {
        List<Stage> useful = new ArrayList<>();
        for (Stage stage : stages) {
            if (isGreedy(stage)) {
                while (!useful.isEmpty() && isFilter(useful.getLast())) {
                    useful.removeLast();
                }
            }
            useful.add(stage);
        }
        return List.copyOf(useful);
    }

    private static boolean isGreedy(Stage stage) {
        return stage instanceof Temperature temperature && temperature.isGreedy();
    }

    private static boolean isFilter(Stage stage) {
        return switch (stage) {
            case TopK _, TopP _, MinP _ -> true;
            case Penalties _, LogitBias _, Temperature _ -> false;
        };
    }
}
