package dev.vivace.runtime;

import dev.vivace.kernel.Workers;
import dev.vivace.model.Rope;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Cosines and sines of one rotary embedding for the rows of a step. A position's are computed once and kept:
/// in double, which is slow, and sequences come by the same positions again and again.
final class RopeTable implements AutoCloseable {
    /// Positions of a block of what is kept.
    private static final int BLOCK = 256;

    /// Positions from here on are computed anew each time, so that what is kept stays small.
    private static final int KEPT = 1 << 16;

    /// With fewer new positions the workers are left alone.
    private static final int FEW = 16;

    private final Rope rope;
    private final double[] frequencies;
    private final double magnitude;
    private final Scratch cos;
    private final Scratch sin;

    /// For each position its cosines, then its sines.
    private float[][] blocks = {};

    private boolean[] known = {};
    private int[] missing = new int[32];
    private int missingCount;
    private final Workers.Job computeMissing = this::computeMissing;

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

    /// Row `i` turns by the position of row `i` of `rows`.
    void set(LiveRows rows, Workers workers) {
        missingCount = 0;
        for (int i = 0; i < rows.count(); i++) {
            note(rows.position(i));
        }
        if (missingCount <= FEW) {
            computeMissing(0, 1);
        } else {
            workers.run(computeMissing);
        }
        Matrix c = cos.rows(rows.count());
        Matrix s = sin.rows(rows.count());
        for (int i = 0; i < rows.count(); i++) {
            copy(rows.position(i), c, s, i);
        }
    }

    /// Row 0 turns by `position`.
    void set(int position) {
        missingCount = 0;
        note(position);
        computeMissing(0, 1);
        copy(position, cos.rows(1), sin.rows(1), 0);
    }

    private static boolean isKept(int position) {
        return position >= 0 && position < KEPT;
    }

    /// Lists `position` if it is to be computed, and makes room for it.
    private void note(int position) {
        if (!isKept(position) || (position < known.length && known[position])) {
            return;
        }
        int block = position / BLOCK;
        if (block >= blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(block + 1, blocks.length * 2));
            known = Arrays.copyOf(known, blocks.length * BLOCK);
        }
        if (blocks[block] == null) {
            blocks[block] = new float[BLOCK * 2 * frequencies.length];
        }
        if (missingCount == missing.length) {
            missing = Arrays.copyOf(missing, missingCount * 2);
        }
        missing[missingCount++] = position;
        known[position] = true;
    }

    private void computeMissing(int worker, int of) {
        int pairs = frequencies.length;
        for (int m = worker; m < missingCount; m += of) {
            float[] block = blocks[missing[m] / BLOCK];
            int at = missing[m] % BLOCK * 2 * pairs;
            for (int i = 0; i < pairs; i++) {
                block[at + i] = cosine(missing[m], i);
                block[at + pairs + i] = sine(missing[m], i);
            }
        }
    }

    private float cosine(int position, int pair) {
        return (float) (Math.cos(position * frequencies[pair]) * magnitude);
    }

    private float sine(int position, int pair) {
        return (float) (Math.sin(position * frequencies[pair]) * magnitude);
    }

    private void copy(int position, Matrix c, Matrix s, int row) {
        int pairs = frequencies.length;
        if (isKept(position)) {
            float[] block = blocks[position / BLOCK];
            int at = position % BLOCK * 2 * pairs;
            MemorySegment.copy(block, at, c.data(), ValueLayout.JAVA_FLOAT, c.offset(row), pairs);
            MemorySegment.copy(block, at + pairs, s.data(), ValueLayout.JAVA_FLOAT, s.offset(row), pairs);
            return;
        }
        for (int i = 0; i < pairs; i++) {
            c.set(row, i, cosine(position, i));
            s.set(row, i, sine(position, i));
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
