package dev.vivace;

import dev.vivace.sampling.TokenLogProbs;
import java.util.List;
import java.util.Optional;

/// A finished answer.
///
/// @param text all its text
/// @param tokens all tokens made, an end token included
/// @param logProbs one for each token if they were asked for, else empty
/// @param finishReason why it ended
/// @param stop the stop string that ended it, if one did
/// @param timings where its time went
public record Answer(
        String text,
        List<Integer> tokens,
        List<TokenLogProbs> logProbs,
        FinishReason finishReason,
        Optional<String> stop,
        Timings timings) {
    /// Copies the lists.
    public Answer {
        tokens = List.copyOf(tokens);
        logProbs = List.copyOf(logProbs);
    }
}
