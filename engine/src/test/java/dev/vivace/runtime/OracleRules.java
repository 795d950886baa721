package dev.vivace.runtime;

/// What an [OracleDecoder] is told to do otherwise than a plain decoder. Rows are numbered by their slots.
class OracleRules {
    /// Whether row `row` reads slot `slot`, besides what the layer's window forbids.
    boolean reads(int layer, int head, int row, int slot) {
        return slot <= row;
    }

    /// Added to the score.
    double logWeight(int layer, int head, int row, int slot) {
        return 0;
    }

    /// The position by which the key in `slot` is turned when `row` reads it; -1 for its own.
    int keyPosition(int layer, int head, int row, int slot) {
        return -1;
    }

    /// The position by which the query of `row` is turned; -1 for its own.
    int queryPosition(int layer, int head, int row) {
        return -1;
    }

    /// Whether the row goes through the layer.
    boolean runs(int layer, int row) {
        return true;
    }

    /// Whether the layer has keys and values of the row.
    boolean stores(int layer, int row) {
        return runs(layer, row);
    }

    /// Keys and values outside the cache that every row and head reads as well, not turned: `[count][keyDim]`.
    double[][] extraKeys(int layer, int kvHead) {
        return new double[0][];
    }

    /// As [#extraKeys], `[count][valueDim]`.
    double[][] extraValues(int layer, int kvHead) {
        return new double[0][];
    }

    /// The mixer's own output in place of attention; empty for attention.
    ///
    /// @param x normed states of all rows
    double[][] mixer(int layer, double[][] x) {
        return new double[0][];
    }

    /// Whether neuron `neuron` works.
    boolean works(int layer, int row, int neuron) {
        return true;
    }

    /// The state of `row` that enters `layer`, which may be changed.
    double[] before(int layer, int row, double[] state) {
        return state;
    }
}
