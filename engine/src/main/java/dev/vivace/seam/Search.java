package dev.vivace.seam;

import java.util.List;

/// How many answers are tried and how one is chosen; outside the engine's loop, over forks of a session.
public non-sealed interface Search extends Part {
    /// Answers from `root`, which has the prompt stored.
    ///
    /// @return the chosen answer
    String solve(Branch root, Reward reward);

    /// One way on from a shared beginning.
    interface Branch extends AutoCloseable {
        /// Another branch from here.
        Branch fork();

        /// Goes on until `stop` (empty: none), the model's own end, or `maxTokens`.
        ///
        /// @return the new text
        String extend(String stop, int maxTokens);

        /// Natural-log probability of all that was said on this branch, under the plain model.
        double logProb();

        /// Whether the model has ended its answer.
        boolean ended();

        /// The text said on this branch so far.
        String text();

        @Override
        void close();
    }

    /// Judges branches, all at once.
    interface Reward {
        /// One score a branch; higher is better.
        double[] score(List<? extends Branch> branches);
    }
}
