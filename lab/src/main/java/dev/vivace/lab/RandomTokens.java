package dev.vivace.lab;

import dev.vivace.OptionException;
import dev.vivace.tokenizer.TokenKind;
import dev.vivace.tokenizer.Tokenizer;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Texts that stand for any text of their length: tokens drawn evenly from all that are ordinary text.
final class RandomTokens {
    private final int[] ordinary;

    RandomTokens(Tokenizer tokenizer) {
        ordinary = IntStream.range(0, tokenizer.size())
                .filter(id -> tokenizer.kind(id) == TokenKind.NORMAL && !tokenizer.isEnd(id))
                .toArray();
        if (ordinary.length == 0) {
            throw new OptionException("the model's vocabulary has no ordinary token, expected one to make prompts of");
        }
    }

    /// `count` tokens; the same for the same seed.
    int[] draw(int count, long seed) {
        return new SplittableRandom(seed)
                .ints(count, 0, ordinary.length)
                .map(i -> ordinary[i])
                .toArray();
    }
}
