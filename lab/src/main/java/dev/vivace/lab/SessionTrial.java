package dev.vivace.lab;

import dev.vivace.GenerateOptions;
import dev.vivace.Generation;
import dev.vivace.Model;
import dev.vivace.Prompt;
import dev.vivace.Session;
import dev.vivace.Timings;
import dev.vivace.sampling.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A test on sessions of a model: the code that answers every prompt.
///
/// Each sequence has a base session with the text that stands before; a run works on forks of these, so that
/// the text
/// is stored once. A prompt's time ends when its last position is stored. Generating starts from the last token
/// of the
/// text before (the begin token where there is none), and its time begins when that token's row is done: `n` tokens
/// cost `n` steps. With several sequences the time runs from the first one's start to the last one's end.
final class SessionTrial implements BenchTrial {
    private static final GenerateOptions STORE = GenerateOptions.DEFAULT.withMaxTokens(0);

    /// Rows of the prompt behind which the sequences queue up, see [#holdTheEngine].
    private static final int GATE_ROWS = 64;

    private static final long GATE_NANOS = 300_000;

    private final Model model;
    private final BenchCase test;
    private final RandomTokens tokens;
    private final List<int[]> texts = new ArrayList<>();
    private final List<Session> bases = new ArrayList<>();

    SessionTrial(Model model, BenchCase test) {
        this.model = model;
        this.test = test;
        this.tokens = new RandomTokens(model.tokenizer());
        try {
            for (int sequence = 0; sequence < test.sequences(); sequence++) {
                int[] text = textBefore(sequence);
                texts.add(text);
                Session base = model.session();
                bases.add(base);
                if (text.length > 0) {
                    base.generate(Prompt.tokens(text), STORE).answer();
                }
            }
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /// Tokens before those that are timed; where tokens are generated there must be one.
    private int[] textBefore(int sequence) {
        if (test.depth() > 0 || test.prompt() > 0) {
            return tokens.draw(test.depth(), seed(-1, sequence));
        }
        return model.tokenizer().bos().isPresent()
                ? new int[] {model.tokenizer().bos().getAsInt()}
                : tokens.draw(1, seed(-1, sequence));
    }

    private static long seed(int repetition, int sequence) {
        return ((long) repetition << 32) + sequence;
    }

    @Override
    public long run(int repetition) {
        List<Session> sessions = new ArrayList<>();
        try {
            for (Session base : bases) {
                sessions.add(base.fork());
            }
            return test.prompt() > 0 ? store(sessions, repetition) : generate(sessions);
        } finally {
            sessions.forEach(Session::close);
        }
    }

    private long store(List<Session> sessions, int repetition) {
        List<Prompt> prompts = new ArrayList<>();
        for (int sequence = 0; sequence < sessions.size(); sequence++) {
            prompts.add(
                    Prompt.tokens(joined(texts.get(sequence), tokens.draw(test.prompt(), seed(repetition, sequence)))));
        }
        List<Run> runs = start(sessions, prompts, STORE);
        long end = runs.stream().mapToLong(Run::stored).max().orElseThrow();
        return end - runs.getFirst().begin;
    }

    private long generate(List<Session> sessions) {
        // The first token comes of the row before the time begins.
        GenerateOptions options = GenerateOptions.DEFAULT
                .withMaxTokens(test.generate() + 1)
                .withIgnoreEnd(true)
                .withSampling(Sampling.greedy());
        List<Prompt> prompts = texts.stream().map(Prompt::tokens).toList();
        if (sessions.size() == 1) {
            Run run = start(sessions, prompts, options).getFirst();
            return run.end() - run.stored();
        }
        try (Session gate = model.session()) {
            Generation held = holdTheEngine(gate);
            List<Run> runs = start(sessions, prompts, options);
            held.answer();
            long begin = runs.stream().mapToLong(Run::stored).min().orElseThrow();
            return runs.stream().mapToLong(Run::end).max().orElseThrow() - begin;
        }
    }

    /// Gives the engine a prompt to chew on: sequences that are handed over meanwhile begin together, in one step.
    private Generation holdTheEngine(Session gate) {
        int rows = Math.min(GATE_ROWS, model.context());
        Generation held = gate.generate(Prompt.tokens(tokens.draw(rows, -1)), STORE);
        // Long enough for the engine's thread to take the prompt up before the sequences come.
        LockSupport.parkNanos(GATE_NANOS);
        return held;
    }

    /// Starts all at once and waits for all.
    private static List<Run> start(List<Session> sessions, List<Prompt> prompts, GenerateOptions options) {
        long[] begins = new long[sessions.size()];
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < begins.length; i++) {
            begins[i] = System.nanoTime();
            generations.add(sessions.get(i).generate(prompts.get(i), options));
        }
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < begins.length; i++) {
            runs.add(new Run(begins[i], generations.get(i).answer().timings()));
        }
        return runs;
    }

    private static int[] joined(int[] before, int[] after) {
        int[] all = new int[before.length + after.length];
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(after, 0, all, before.length, after.length);
        return all;
    }

    @Override
    public void close() {
        bases.forEach(Session::close);
    }

    /// One sequence's times on the clock of [System#nanoTime].
    private record Run(long begin, Timings timings) {
        long stored() {
            return begin + timings.promptNanos();
        }

        long end() {
            return stored() + timings.generateNanos();
        }
    }
}
