package dev.vivace.runtime;

import dev.vivace.model.Rope;
import dev.vivace.tensor.Matrix;

/// Cosines and sines of one rotary embedding for the rows of a step.
final class RopeTable implements AutoCloseable {
    private final Rope rope;
    private final double[] frequencies;
    private final double magnitude;
    private final Scratch cos;
    private final Scratch sin;

    RopeTable(Rope rope) {
        this.rope = rope;
        this.frequencies = rope.frequencies();
        this.magnitude = rope.magnitude();
        this.cos = new Scratch(Math.max(1, frequencies.length));
        this.sin = new Scratch(Math.max(1, frequencies.length));
    }

    Rope rope() {
        return rope;
    }

    /// Room for `rows` rows.
    void begin(int rows) {
        cos.rows(rows);
        sin.rows(rows);
    }

    /// Row `row` turns by `position`.
    void set(int row, int position) {
        Matrix c = cos.rows(0);
        Matrix s = sin.rows(0);
        for (int i = 0; i < frequencies.length; i++) {
            double angle = position * frequencies[i];
            c.set(row, i, (float) (Math.cos(angle) * magnitude));
            s.set(row, i, (float) (Math.sin(angle) * magnitude));
        }
    }

    Matrix cos() {
        return cos.rows(0);
    }

    Matrix sin() {
        return sin.rows(0);
    }

    @Override
    public void close() {
        cos.close();
        sin.close();
    }
}
