package dev.vivace.sampling;

import dev.vivace.OptionException;
import java.util.Map;
import java.util.TreeMap;

/// Adds to the logits of chosen tokens; a bias of negative infinity bans the token. Ids beyond the model's
/// vocabulary
/// are ignored here: who knows the vocabulary checks them.
///
/// @param bias token id, 0 or more, to what is added: -1e9 to 1e9, or [#BAN]
public record LogitBias(Map<Integer, Float> bias) implements Stage {
    /// The bias that bans a token.
    public static final float BAN = Float.NEGATIVE_INFINITY;

    /// Checks ids and ranges and keeps a copy.
    public LogitBias {
        bias = Map.copyOf(bias);
        bias.forEach((token, value) -> {
            if (token < 0) {
                throw new OptionException("logit-bias for token " + token + ", expected an id of 0 or more");
            }
            if (value != BAN) {
                Range.closed("logit-bias of token " + token, value, -1e9, 1e9);
            }
        });
    }

    @Override
    public StageName stageName() {
        return StageName.LOGIT_BIAS;
    }

    @Override
    public Bound bind(History history) {
        int[] tokens = new int[bias.size()];
        float[] values = new float[tokens.length];
        int at = 0;
        for (Map.Entry<Integer, Float> entry : new TreeMap<>(bias).entrySet()) {
            tokens[at] = entry.getKey();
            values[at++] = entry.getValue();
        }
        boolean bans = bias.containsValue(BAN);
        return candidates -> {
            for (int i = 0; i < tokens.length; i++) {
                int index = candidates.indexOf(tokens[i]);
                if (index >= 0) {
                    candidates.setLogit(index, candidates.logit(index) + values[i]);
                }
            }
            if (bans) {
                candidates.dropImpossible();
            }
        };
    }
}
