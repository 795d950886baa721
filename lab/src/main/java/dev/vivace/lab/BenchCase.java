package dev.vivace.lab;

import dev.vivace.OptionException;

/// One thing to time: either a prompt to store or tokens to generate, behind a text that is stored already.
///
/// @param prompt tokens of the prompt, 0 when tokens are generated
/// @param generate tokens to generate, 0 when a prompt is stored
/// @param depth tokens stored before, not timed
/// @param sequences sequences that do this at once, each with its own tokens
/// @param threads threads that compute, 0 to choose
public record BenchCase(int prompt, int generate, int depth, int sequences, int threads) {
    /// Checks each range.
    public BenchCase {
        require("-p", prompt, 0);
        require("-n", generate, 0);
        require("-d", depth, 0);
        require("-b", sequences, 1);
        require("-t", threads, 0);
        if ((prompt == 0) == (generate == 0)) {
            throw new OptionException("-p " + prompt + " with -n " + generate + ", expected one of them above 0");
        }
    }

    static void require(String option, int value, int least) {
        if (value < least) {
            throw new OptionException(option + " " + value + ", expected " + least + " or more");
        }
    }

    /// Tokens of one repetition, all sequences together.
    long tokens() {
        return (long) sequences * (prompt + generate);
    }

    /// Positions that each sequence takes. Generating needs a token to start from, and room for the one that is
    /// made last.
    long positions() {
        return prompt > 0 ? (long) depth + prompt : Math.max(1L, depth) + generate + 1;
    }

    /// As llama-bench calls it, such as `pp512` or `tg128 @ d1024`.
    public String label() {
        return (prompt > 0 ? "pp" + prompt : "tg" + generate) + (depth > 0 ? " @ d" + depth : "");
    }

    /// @throws OptionException if a sequence does not fit into `context`; names the options
    void requireFits(int context) {
        if (positions() > context) {
            String option = prompt > 0 ? "-p " + prompt : "-n " + generate;
            throw new OptionException(option + (depth > 0 ? " behind -d " + depth : "") + " takes " + positions()
                    + " positions, but the model's context holds " + context + ", expected no more than that");
        }
    }
}
