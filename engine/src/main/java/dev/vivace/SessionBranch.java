package dev.vivace;

import dev.vivace.sampling.TokenLogProbs;
import dev.vivace.seam.Search;
import java.util.ArrayList;
import java.util.List;

/// One way on from a shared prompt: a fork of a session.
final class SessionBranch implements Search.Branch {
    private final Session session;
    private final GenerateOptions options;
    private final List<Integer> tokens;
    private final StringBuilder text;
    private double logProb;
    private boolean ended;

    SessionBranch(Session session, GenerateOptions options, int[] prompt) {
        this(
                session,
                options,
                new ArrayList<>(java.util.Arrays.stream(prompt).boxed().toList()),
                "",
                0,
                false);
    }

    private SessionBranch(
            Session session,
            GenerateOptions options,
            List<Integer> tokens,
            String text,
            double logProb,
            boolean ended) {
        this.session = session;
        this.options = options;
        this.tokens = tokens;
        this.text = new StringBuilder(text);
        this.logProb = logProb;
        this.ended = ended;
    }

    @Override
    public Search.Branch fork() {
        return new SessionBranch(session.fork(), options, new ArrayList<>(tokens), text.toString(), logProb, ended);
    }

    @Override
    public String extend(String stop, int maxTokens) {
        if (ended) {
            return "";
        }
        GenerateOptions step =
                options.withMaxTokens(maxTokens).withSampling(options.sampling().withLogProbs(0));
        if (!stop.isEmpty()) {
            step = step.withStop(stop);
        }
        int[] prompt = tokens.stream().mapToInt(Integer::intValue).toArray();
        Answer answer = session.generate(Prompt.tokens(prompt), step).answer();
        tokens.addAll(answer.tokens());
        text.append(answer.text());
        for (TokenLogProbs token : answer.logProbs()) {
            logProb += token.logProb();
        }
        ended = answer.finishReason() == FinishReason.STOP && answer.stop().isEmpty();
        return answer.text();
    }

    @Override
    public double logProb() {
        return logProb;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public String text() {
        return text.toString();
    }

    @Override
    public void close() {
        session.close();
    }
}
