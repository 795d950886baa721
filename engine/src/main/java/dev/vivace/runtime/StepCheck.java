package dev.vivace.runtime;

import dev.vivace.OptionException;
import dev.vivace.model.DecoderSpec;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Want;

/// What a step refuses before anything of it runs.
final class StepCheck {
    private StepCheck() {}

    static void check(Batch batch, DecoderCore core) {
        for (int row = 0; row < batch.rows(); row++) {
            if (!(batch.sequence(row) instanceof CachedSequence sequence) || !sequence.isOf(core)) {
                throw new IllegalArgumentException("row=" + row + " is of a sequence of another model");
            }
            row(batch, row, core.spec());
        }
        for (int i = 0; i < batch.captures(); i++) {
            capture(batch, i, core.spec());
        }
    }

    private static void row(Batch batch, int row, DecoderSpec spec) {
        int token = batch.token(row);
        if (token >= spec.vocabulary() || (token < 0 && batch.embedding(row).byteSize() < 4L * spec.width())) {
            throw new OptionException("token=" + token + " of row " + row + ", expected 0 to " + (spec.vocabulary() - 1)
                    + " or an embedding of " + spec.width() + " f32");
        }
        if (batch.firstLayer(row) > 0 && token >= 0) {
            throw new OptionException("row " + row + " begins at layer " + batch.firstLayer(row)
                    + ", expected the hidden state that enters it, not a token");
        }
        if (batch.firstLayer(row) < 0 || batch.lastLayer(row) < batch.firstLayer(row)) {
            throw new OptionException("row " + row + " runs layers [" + batch.firstLayer(row) + ", "
                    + batch.lastLayer(row) + "), expected a range from 0 on");
        }
    }

    private static void capture(Batch batch, int i, DecoderSpec spec) {
        Want want = batch.captureWant(i);
        int layers = spec.layers().size() + (want == Want.HIDDEN ? 1 : 0);
        if (batch.captureRow(i) < 0 || batch.captureRow(i) >= batch.rows()) {
            throw new OptionException(want + " of row " + batch.captureRow(i) + " of " + batch.rows() + " is wanted");
        }
        if (batch.captureLayer(i) < 0 || batch.captureLayer(i) >= layers) {
            throw new OptionException(
                    want + " is wanted at layer " + batch.captureLayer(i) + ", expected 0 to " + (layers - 1));
        }
    }
}
