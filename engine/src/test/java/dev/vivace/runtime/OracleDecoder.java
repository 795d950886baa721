package dev.vivace.runtime;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/// A decoder in plain loops and double precision, layer by layer over all rows of one sequence. It takes shapes
/// and weights from the checkpoint and shares no code with the runtime.
final class OracleDecoder {
    private static final double[] NONE = {};

    private final DecoderSpec spec;
    private final Map<String, double[][]> weights = new HashMap<>();

    /// What came of one text.
    ///
    /// @param hidden `[layers + 1][row][width]`: states that enter a layer
    /// @param logits `[row][vocabulary]`
    /// @param scores `[layer][row][head][slot]`: probabilities
    record Answer(double[][][] hidden, double[][] logits, double[][][][] scores) {}

    OracleDecoder(Checkpoint checkpoint) {
        this.spec = checkpoint.spec();
        for (Tensor tensor : checkpoint.tensors()) {
            if (tensor.dtype() != DType.F32) {
                throw new IllegalArgumentException(tensor.name() + " is " + tensor.dtype());
            }
            double[][] matrix = new double[tensor.rows()][tensor.columns()];
            for (int r = 0; r < tensor.rows(); r++) {
                for (int c = 0; c < tensor.columns(); c++) {
                    long at = 4L * ((long) r * tensor.columns() + c);
                    matrix[r][c] = tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
                }
            }
            weights.put(tensor.name(), matrix);
        }
    }

    /// The plain decoder over `tokens`.
    Answer run(int[] tokens) {
        return run(tokens, new OracleRules());
    }

    /// Tokens at positions 0, 1, …
    Answer run(int[] tokens, OracleRules rules) {
        int[] positions = new int[tokens.length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i;
        }
        return run(states(tokens), positions, rules);
    }

    /// Scaled embeddings of tokens.
    double[][] states(int[] tokens) {
        double[][] states = new double[tokens.length][];
        for (int i = 0; i < tokens.length; i++) {
            states[i] = named("token_embd.weight")[tokens[i]].clone();
            for (int d = 0; d < states[i].length; d++) {
                states[i][d] *= spec.embeddingScale();
            }
        }
        return states;
    }

    /// Any states at any positions.
    Answer run(double[][] entering, int[] positions, OracleRules rules) {
        int rows = entering.length;
        int layers = spec.layers().size();
        double[][][] hidden = new double[layers + 1][rows][];
        double[][][][] scores = new double[layers][rows][][];
        double[][] states = entering;
        for (int layer = 0; layer <= layers; layer++) {
            for (int row = 0; row < rows; row++) {
                states[row] = rules.before(layer, row, states[row].clone());
                hidden[layer][row] = states[row];
            }
            if (layer < layers) {
                states = layer(layer, states, positions, rules, scores[layer]);
            }
        }
        double[][] head = named(weights.containsKey("output.weight") ? "output.weight" : "token_embd.weight");
        double[][] logits = new double[rows][];
        for (int row = 0; row < rows; row++) {
            logits[row] = multiply(head, norm(states[row], named("output_norm.weight")[0], 0, spec.width()));
            double cap = spec.logitSoftcap();
            for (int i = 0; cap > 0 && i < logits[row].length; i++) {
                logits[row][i] = cap * Math.tanh(logits[row][i] / cap);
            }
        }
        return new Answer(hidden, logits, scores);
    }

    private double[][] layer(int layer, double[][] states, int[] positions, OracleRules rules, double[][][] scores) {
        int rows = states.length;
        double[][] x = new double[rows][];
        double[][] next = new double[rows][];
        for (int row = 0; row < rows; row++) {
            x[row] = norm(states[row], vector(layer, "attn_norm"), 0, spec.width());
            next[row] = states[row].clone();
        }
        double[][] mixed = rules.mixer(layer, x);
        if (mixed.length == 0) {
            mixed = attention(layer, x, positions, rules, scores);
        }
        for (int row = 0; row < rows; row++) {
            if (rules.runs(layer, row)) {
                add(next[row], mixed[row], vector(layer, "post_attention_norm"));
                double[] normed = norm(next[row], vector(layer, "ffn_norm"), 0, spec.width());
                add(next[row], feedForward(layer, row, normed, rules), vector(layer, "post_ffw_norm"));
            }
        }
        return next;
    }

    private double[][] attention(int layer, double[][] x, int[] positions, OracleRules rules, double[][][] scores) {
        LayerSpec shape = spec.layer(layer);
        int rows = x.length;
        double[][] q = new double[rows][];
        double[][] k = new double[rows][];
        double[][] v = new double[rows][];
        for (int row = 0; row < rows; row++) {
            q[row] = heads(multiply(weight(layer, "attn_q"), x[row]), vector(layer, "attn_q_norm"), shape.keyDim());
            k[row] = heads(multiply(weight(layer, "attn_k"), x[row]), vector(layer, "attn_k_norm"), shape.keyDim());
            v[row] = multiply(weight(layer, "attn_v"), x[row]);
        }
        double[][] out = new double[rows][spec.width()];
        for (int row = 0; row < rows; row++) {
            if (rules.runs(layer, row)) {
                double[] heads = new double[shape.outputWidth()];
                scores[row] = new double[shape.heads()][rows];
                for (int head = 0; head < shape.heads(); head++) {
                    head(layer, head, row, q, k, v, positions, rules, scores[row][head], heads);
                }
                out[row] = multiply(weight(layer, "attn_output"), heads);
            }
        }
        return out;
    }

    private void head(
            int layer,
            int head,
            int row,
            double[][] q,
            double[][] k,
            double[][] v,
            int[] positions,
            OracleRules rules,
            double[] shares,
            double[] out) {
        LayerSpec shape = spec.layer(layer);
        int kvHead = head * shape.kvHeads() / shape.heads();
        int own = rules.queryPosition(layer, head, row);
        double[] query = turned(slice(q[row], head, shape.keyDim()), own < 0 ? positions[row] : own, shape);
        double[] plain = slice(q[row], head, shape.keyDim());
        double[][] extraKeys = rules.extraKeys(layer, kvHead);
        double[][] extraValues = rules.extraValues(layer, kvHead);
        int rows = q.length;
        double[] weight = new double[rows + extraKeys.length];
        double sum = 0;
        for (int slot = 0; slot < rows; slot++) {
            boolean inWindow = shape.window() == 0 || positions[row] - positions[slot] < shape.window();
            if (inWindow && rules.stores(layer, slot) && rules.reads(layer, head, row, slot)) {
                int at = rules.keyPosition(layer, head, row, slot);
                double[] key = turned(slice(k[slot], kvHead, shape.keyDim()), at < 0 ? positions[slot] : at, shape);
                weight[slot] = Math.exp(score(query, key, shape) + rules.logWeight(layer, head, row, slot));
                sum += weight[slot];
            }
        }
        for (int i = 0; i < extraKeys.length; i++) {
            weight[rows + i] = Math.exp(score(plain, extraKeys[i], shape));
            sum += weight[rows + i];
        }
        for (int i = 0; i < weight.length && sum > 0; i++) {
            double share = weight[i] / sum;
            double[] value = i < rows ? slice(v[i], kvHead, shape.valueDim()) : extraValues[i - rows];
            for (int d = 0; d < shape.valueDim(); d++) {
                out[head * shape.valueDim() + d] += share * value[d];
            }
            if (i < rows) {
                shares[i] = share;
            }
        }
    }

    private static double score(double[] query, double[] key, LayerSpec shape) {
        double dot = 0;
        for (int d = 0; d < query.length; d++) {
            dot += query[d] * key[d];
        }
        dot *= shape.attentionScale();
        double cap = shape.attentionSoftcap();
        return cap > 0 ? cap * Math.tanh(dot / cap) : dot;
    }

    private double[] feedForward(int layer, int row, double[] x, OracleRules rules) {
        double[] gate = multiply(weight(layer, "ffn_gate"), x);
        double[] up = multiply(weight(layer, "ffn_up"), x);
        for (int i = 0; i < gate.length; i++) {
            double g = gate[i];
            double active = spec.layer(layer).activation() == Activation.SILU
                    ? g / (1 + Math.exp(-g))
                    : 0.5 * g * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (g + 0.044715 * g * g * g)));
            gate[i] = rules.works(layer, row, i) ? active * up[i] : 0;
        }
        return multiply(weight(layer, "ffn_down"), gate);
    }

    /// A head turned by `position`.
    private static double[] turned(double[] head, int position, LayerSpec shape) {
        double[] out = head.clone();
        double[] frequencies = shape.rope().frequencies();
        double magnitude = shape.rope().magnitude();
        boolean neighbours = shape.rope().style() == RopeStyle.INTERLEAVED;
        for (int i = 0; i < frequencies.length; i++) {
            int a = neighbours ? 2 * i : i;
            int b = neighbours ? 2 * i + 1 : i + frequencies.length;
            double cos = Math.cos(position * frequencies[i]) * magnitude;
            double sin = Math.sin(position * frequencies[i]) * magnitude;
            out[a] = head[a] * cos - head[b] * sin;
            out[b] = head[a] * sin + head[b] * cos;
        }
        return out;
    }

    private double[] heads(double[] x, double[] weight, int dim) {
        if (weight.length == 0) {
            return x;
        }
        double[] out = new double[x.length];
        for (int from = 0; from < x.length; from += dim) {
            System.arraycopy(norm(x, weight, from, dim), 0, out, from, dim);
        }
        return out;
    }

    private double[] norm(double[] x, double[] weight, int from, int dim) {
        double squares = 0;
        for (int d = 0; d < dim; d++) {
            squares += x[from + d] * x[from + d];
        }
        double[] out = new double[dim];
        for (int d = 0; d < dim; d++) {
            out[d] = x[from + d] / Math.sqrt(squares / dim + spec.normEpsilon()) * weight[d];
        }
        return out;
    }

    private void add(double[] state, double[] delta, double[] postNorm) {
        double[] by = postNorm.length == 0 ? delta : norm(delta, postNorm, 0, delta.length);
        for (int d = 0; d < state.length; d++) {
            state[d] += by[d];
        }
    }

    static double[] multiply(double[][] matrix, double[] x) {
        double[] y = new double[matrix.length];
        for (int r = 0; r < y.length; r++) {
            for (int c = 0; c < x.length; c++) {
                y[r] += matrix[r][c] * x[c];
            }
        }
        return y;
    }

    private static double[] slice(double[] x, int head, int dim) {
        double[] out = new double[dim];
        System.arraycopy(x, head * dim, out, 0, dim);
        return out;
    }

    double[][] weight(int layer, String part) {
        return named("blk." + layer + "." + part + ".weight");
    }

    /// The vector, without elements where the model has none.
    private double[] vector(int layer, String part) {
        double[][] found = weight(layer, part);
        return found.length == 0 ? NONE : found[0];
    }

    private double[][] named(String name) {
        return weights.getOrDefault(name, new double[0][]);
    }
}
