package dev.vivace.runtime;

import dev.vivace.seam.Search;

/// The default search: one answer, as it comes.
public final class OneAnswer implements Search {
    private final int maxTokens;

    /// @param maxTokens most tokens of the answer
    public OneAnswer(int maxTokens) {
        this.maxTokens = maxTokens;
    }

    @Override
    public String solve(Branch root, Reward reward) {
        return root.extend("", maxTokens);
    }
}
