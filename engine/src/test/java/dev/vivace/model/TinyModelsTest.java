package dev.vivace.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.Phase;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Results;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every family, shape and rotary scaling against what Python's transformers computes for tiny random models. The
/// texts are longer than the sliding windows and than the context that the scalings stretch.
class TinyModelsTest {
    /// Of the largest logit, with an f32 cache.
    private static final float TOLERANCE = 1e-4f;

    /// Of the largest logit, with keys and values rounded to 11 bits; the model of 62 layers needs half of it.
    private static final float F16_TOLERANCE = 2e-2f;

    private static final int[][] CHUNKINGS = {{1}, {2}, {3}, {7}, {40, 1}, {1, 40}, {5, 1, 11, 2, 13, 8}, {17}};

    static Stream<TinyModel> models() {
        return TinyModel.NAMES.stream().map(TinyModel::read);
    }

    @ParameterizedTest
    @MethodSource("models")
    void wholePromptGivesTheLogitsOfTransformers(TinyModel model) {
        try (RunningModel running = open(model, 1)) {
            assertClose(running.logits(model.tokens(), Phase.PREFILL, model.tokens().length), model);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void tokenByTokenGivesTheLogitsOfTransformers(TinyModel model) {
        try (RunningModel running = open(model, 1)) {
            assertClose(running.logits(model.tokens(), Phase.DECODE, 1), model);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void decodingAfterAPromptGivesTheLogitsOfTransformers(TinyModel model) {
        int[] tokens = model.tokens();
        int[] cuts = {1, 9, 23, tokens.length - 1};
        try (RunningModel running = open(model, 1)) {
            for (int prompt : cuts) {
                float[][] logits = new float[tokens.length][];
                try (Sequence sequence = running.runner().open()) {
                    RunningModel.copy(running.run(sequence, Phase.PREFILL, tokens, 0, prompt), prompt, logits, 0);
                    for (int at = prompt; at < tokens.length; at++) {
                        RunningModel.copy(running.run(sequence, Phase.DECODE, tokens, at, 1), 1, logits, at);
                    }
                }
                assertClose(logits, model);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void anF16CacheStaysClose(TinyModel model) {
        try (RunningModel running = new RunningModel(model.file(), new ScalarKernels(), 1, DType.F16)) {
            float[][] logits = running.logits(model.tokens(), Phase.PREFILL, 13, 20, 1);
            assertClose(logits, model, F16_TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void bitsDoNotDependOnHowAPromptIsCut(TinyModel model) {
        try (RunningModel running = open(model, 1)) {
            float[][] whole = running.logits(model.tokens(), Phase.PREFILL, model.tokens().length);
            for (int[] sizes : CHUNKINGS) {
                assertThat(running.logits(model.tokens(), Phase.PREFILL, sizes)).isDeepEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void bitsOfDecodedRowsDoNotDependOnHowManyAreVerifiedAtOnce(TinyModel model) {
        try (RunningModel running = open(model, 1)) {
            float[][] single = running.logits(model.tokens(), Phase.DECODE, 1);
            for (int[] sizes : CHUNKINGS) {
                assertThat(running.logits(model.tokens(), Phase.VERIFY, sizes)).isDeepEqualTo(single);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void bitsDoNotDependOnTheNumberOfWorkers(TinyModel model) {
        try (RunningModel one = open(model, 1);
                RunningModel three = open(model, 3)) {
            for (Phase phase : List.of(Phase.PREFILL, Phase.DECODE)) {
                assertThat(three.logits(model.tokens(), phase, 9, 1, 40))
                        .isDeepEqualTo(one.logits(model.tokens(), phase, 40, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void bitsDoNotDependOnOtherSequencesInTheStep(TinyModel model) {
        int[] tokens = model.tokens();
        int[] other = reversed(tokens);
        try (RunningModel running = open(model, 1)) {
            float[][] alone = running.logits(tokens, Phase.PREFILL, tokens.length);
            float[][] otherAlone = running.logits(other, Phase.DECODE, 1);
            float[][] together = new float[tokens.length][];
            float[][] otherTogether = new float[tokens.length][];
            try (Sequence sequence = running.runner().open();
                    Sequence otherSequence = running.runner().open()) {
                Batch batch = new Batch();
                for (int at = 0; at < tokens.length; at++) {
                    batch.clear();
                    batch.wantLogits(batch.add(otherSequence, Phase.DECODE, other[at]));
                    batch.wantLogits(batch.add(sequence, Phase.PREFILL, tokens[at]));
                    Results results = running.runner().run(batch);
                    otherTogether[at] = RunningModel.row(results, 0);
                    together[at] = RunningModel.row(results, 1);
                }
            }
            assertThat(together).isDeepEqualTo(alone);
            assertThat(otherTogether).isDeepEqualTo(otherAlone);
        }
    }

    private static RunningModel open(TinyModel model, int threads) {
        return new RunningModel(model.file(), new ScalarKernels(), threads, DType.F32);
    }

    private static int[] reversed(int[] tokens) {
        int[] reversed = tokens.clone();
        for (int i = 1; i < tokens.length; i++) {
            reversed[i] = tokens[tokens.length - i];
        }
        return reversed;
    }

    private static void assertClose(float[][] logits, TinyModel model) {
        assertClose(logits, model, TOLERANCE);
    }

    private static void assertClose(float[][] logits, TinyModel model, float tolerance) {
        float allowed = tolerance * model.largest();
        for (int position = 0; position < logits.length; position++) {
            float[] expected = model.logits()[position];
            assertThat(logits[position]).hasSameSizeAs(expected);
            for (int token = 0; token < expected.length; token++) {
                float error = Math.abs(logits[position][token] - expected[token]);
                assertThat(error)
                        .as(
                                "%s position %d token %d: %s, expected %s",
                                model, position, token, logits[position][token], expected[token])
                        .isLessThanOrEqualTo(allowed);
            }
        }
    }
}
