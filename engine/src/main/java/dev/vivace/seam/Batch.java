package dev.vivace.seam;

import dev.vivace.kernel.Phase;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows of one step, in columns, reused. A *row* is one position of one sequence to be computed: a token or
/// an embedding, which may hang from another row of the step (trees), and may run only some layers. Slots are
/// given out in the order of adding.
public final class Batch {
    /// The parent of a row that follows what its sequence has stored.
    public static final int STORED = -1;

    private static final int NO_TOKEN = -1;
    private static final int INITIAL = 32;

    private Sequence[] sequences = new Sequence[INITIAL];
    private Phase[] phases = new Phase[INITIAL];
    private int[] tokens = new int[INITIAL];
    private @Nullable MemorySegment[] embeddings = new MemorySegment[INITIAL];
    private int[] positions = new int[INITIAL];
    private int[] parents = new int[INITIAL];
    private int[] firstLayers = new int[INITIAL];
    private int[] lastLayers = new int[INITIAL];
    private boolean[] logits = new boolean[INITIAL];
    private int rows;

    private int[] captureRows = new int[INITIAL];
    private Want[] captureWants = new Want[INITIAL];
    private int[] captureLayers = new int[INITIAL];
    private int captures;

    /// An empty batch.
    public Batch() {}

    /// Forgets all rows.
    public void clear() {
        Arrays.fill(sequences, 0, rows, null);
        Arrays.fill(embeddings, 0, rows, null);
        rows = 0;
        captures = 0;
    }

    /// Adds the next position of `sequence`: after its latest row here, else after what it stored.
    ///
    /// @return the row's index
    public int add(Sequence sequence, Phase phase, int token) {
        int previous = latest(sequence);
        int position = previous == STORED ? sequence.nextPosition() : positions[previous] + 1;
        return add(sequence, phase, token, position, previous);
    }

    /// Adds a row at `position` that follows row `parent` of the same sequence, or [#STORED].
    public int add(Sequence sequence, Phase phase, int token, int position, int parent) {
        int row = append(sequence, phase, position, parent);
        tokens[row] = token;
        embeddings[row] = null;
        return row;
    }

    /// As [#add] with an embedding `[width]` of f32 in place of a token; read when the step runs, not scaled.
    public int addEmbedding(Sequence sequence, Phase phase, MemorySegment embedding, int position, int parent) {
        int row = append(sequence, phase, position, parent);
        tokens[row] = NO_TOKEN;
        embeddings[row] = embedding;
        return row;
    }

    /// Lets row `row` run layers `[first, last)` only. With `first` above 0 the row must be an embedding: the
    /// hidden state that enters `first`.
    public void layers(int row, int first, int last) {
        firstLayers[row] = first;
        lastLayers[row] = last;
    }

    /// Asks for the logits of row `row`.
    public void wantLogits(int row) {
        logits[row] = true;
    }

    /// Asks for `what` of row `row` at layer `layer`. Logits have no layer: [#wantLogits].
    public void want(int row, Want what, int layer) {
        if (what == Want.LOGITS) {
            wantLogits(row);
            return;
        }
        if (captures == captureRows.length) {
            captureRows = Arrays.copyOf(captureRows, captures * 2);
            captureWants = Arrays.copyOf(captureWants, captures * 2);
            captureLayers = Arrays.copyOf(captureLayers, captures * 2);
        }
        captureRows[captures] = row;
        captureWants[captures] = what;
        captureLayers[captures++] = layer;
    }

    /// Adds a row in mid-step that starts at layer `layer`, for [Depth]. Called by the engine.
    public int spawn(int from, int position, int layer) {
        int row = append(sequences[from], phases[from], position, from);
        tokens[row] = NO_TOKEN;
        embeddings[row] = null;
        firstLayers[row] = layer;
        return row;
    }

    private int append(Sequence sequence, Phase phase, int position, int parent) {
        if (parent >= rows || (parent >= 0 && sequences[parent] != sequence)) {
            throw new IllegalArgumentException("parent=" + parent + " is no earlier row of the same sequence");
        }
        if (rows == tokens.length) {
            grow(rows * 2);
        }
        sequences[rows] = sequence;
        phases[rows] = phase;
        positions[rows] = position;
        parents[rows] = parent;
        firstLayers[rows] = 0;
        lastLayers[rows] = Integer.MAX_VALUE;
        logits[rows] = false;
        return rows++;
    }

    private void grow(int capacity) {
        sequences = Arrays.copyOf(sequences, capacity);
        phases = Arrays.copyOf(phases, capacity);
        tokens = Arrays.copyOf(tokens, capacity);
        embeddings = Arrays.copyOf(embeddings, capacity);
        positions = Arrays.copyOf(positions, capacity);
        parents = Arrays.copyOf(parents, capacity);
        firstLayers = Arrays.copyOf(firstLayers, capacity);
        lastLayers = Arrays.copyOf(lastLayers, capacity);
        logits = Arrays.copyOf(logits, capacity);
    }

    /// The latest row of `sequence`, or [#STORED].
    private int latest(Sequence sequence) {
        for (int row = rows - 1; row >= 0; row--) {
            if (sequences[row] == sequence) {
                return row;
            }
        }
        return STORED;
    }

    /// Rows in the step.
    public int rows() {
        return rows;
    }

    /// Whose row it is.
    public Sequence sequence(int row) {
        return sequences[row];
    }

    /// Why it is computed.
    public Phase phase(int row) {
        return phases[row];
    }

    /// Its token, or -1 where it is an embedding.
    public int token(int row) {
        return tokens[row];
    }

    /// Its embedding `[width]`; `MemorySegment.NULL` where it is a token.
    public MemorySegment embedding(int row) {
        MemorySegment embedding = embeddings[row];
        return embedding == null ? MemorySegment.NULL : embedding;
    }

    /// Its position in the text.
    public int position(int row) {
        return positions[row];
    }

    /// The row it follows, or [#STORED].
    public int parent(int row) {
        return parents[row];
    }

    /// The first layer it runs.
    public int firstLayer(int row) {
        return firstLayers[row];
    }

    /// One past the last layer it runs; `Integer.MAX_VALUE` for all.
    public int lastLayer(int row) {
        return lastLayers[row];
    }

    /// Whether its logits are wanted.
    public boolean wantsLogits(int row) {
        return logits[row];
    }

    /// How many captures other than logits are wanted.
    public int captures() {
        return captures;
    }

    /// The row of capture `index`.
    public int captureRow(int index) {
        return captureRows[index];
    }

    /// What capture `index` asks for.
    public Want captureWant(int index) {
        return captureWants[index];
    }

    /// The layer of capture `index`.
    public int captureLayer(int index) {
        return captureLayers[index];
    }
}
