package dev.vivace.kernel.x86.attention;

/// Where things lie in a worker's scratch during one call of [AttentionKernels#attend], in bytes from its start.
///
/// First what a call says (numbers of 64 bits, unless `_F32`), then the list of blocks, then working memory whose
/// size depends on nothing, then what grows with the heads' size. Emitted code addresses all of it from one register.
final class SpanScratch {
    /// Slots of a block; blocks begin at multiples of it.
    static final int BLOCK = 64;
    /// Pairs of row and head that one call of the tile kernel takes at most.
    static final int PAIRS = 64;
    /// Blocks that one call reads at most.
    static final int MOST_BLOCKS = 16;

    static final int QUERIES = 0;
    static final int QUERY_ROW = 8;
    static final int QUERY_HEAD = 16;
    static final int OUT = 24;
    static final int OUT_ROW = 32;
    static final int OUT_HEAD = 40;
    static final int LSE = 48;
    static final int LSE_ROW = 56;
    static final int ROW = 64;
    static final int HEAD = 72;
    static final int HEADS = 80;
    static final int COUNT = 88;
    static final int KEY_DIM = 96;
    static final int VALUE_DIM = 104;
    /// Dimensions rounded up to [#ROUND].
    static final int KEY_PADDED = 112;
    static final int VALUE_PADDED = 120;
    static final int BLOCKS = 128;
    static final int BEGIN = 136;
    static final int END = 144;
    static final int SCALE_F32 = 152;
    static final int SOFTCAP_F32 = 156;
    /// Addresses of the parts that grow with the heads' size.
    static final int KEYS = 160;
    static final int VALUES = 168;
    static final int TURNED = 176;
    static final int SUMS = 184;
    static final int NOWHERE = 192;
    /// Working memory of the code.
    static final int SAVED = 200;
    static final int SAVED2 = 208;
    static final int SAVED3 = 216;

    /// The list of blocks: see [SpanBlocks].
    static final int LIST = 256;
    static final int KEY_AT = 0;
    static final int VALUE_AT = 8;
    /// What is added to each score of the block: the address of [#BLOCK] f32.
    static final int BIAS_AT = 16;
    /// The first slot of the block that is read, one past the last, both counted from the block's start.
    static final int FIRST = 24;
    static final int PAST = 32;
    /// The number of the block's first slot.
    static final int START = 40;
    static final int ENTRY = 64;

    static final int NO_BIAS = LIST + MOST_BLOCKS * ENTRY;
    static final int BIASES = NO_BIAS + 4 * BLOCK;
    /// For each pair: the largest score so far, the sum of exponentials, the factor on what was summed before.
    static final int LARGEST = BIASES + MOST_BLOCKS * 4 * BLOCK;
    static final int SUM = LARGEST + 4 * PAIRS;
    static final int SHRINK = SUM + 4 * PAIRS;
    /// For each row of the tile: the slots it may read.
    static final int ROW_FROM = SHRINK + 4 * PAIRS;
    static final int ROW_TO = ROW_FROM + 4 * PAIRS;
    /// The same for each pair, and the addresses of its queries, outputs and log-sum-exp.
    static final int PAIR_FROM = ROW_TO + 4 * PAIRS;
    static final int PAIR_TO = PAIR_FROM + 4 * PAIRS;
    static final int PAIR_QUERY = PAIR_TO + 4 * PAIRS;
    static final int PAIR_OUT = PAIR_QUERY + 8 * PAIRS;
    static final int PAIR_LSE = PAIR_OUT + 8 * PAIRS;
    /// Which pairs read a slot: a mask register or a vector for each slot and vector of pairs.
    static final int READS = PAIR_LSE + 8 * PAIRS;
    static final int READS_BYTES = BLOCK * 4 * 32;
    /// Scores, then weights: `[pairs, slots]` for few pairs, else `[slots, pairs]`.
    static final int SCORES = READS + READS_BYTES;
    static final int FIXED = SCORES + 4 * BLOCK * PAIRS;

    /// Slots of a page come in groups of at most this many.
    static final int ROUND_SLOTS = 32;
    /// Heads' dimensions are rounded up to this many elements.
    static final int ROUND = 16;

    private SpanScratch() {}

    static int padded(int dim) {
        return (dim + ROUND - 1) / ROUND * ROUND;
    }

    /// Six areas of one block, or of all pairs, and a row that stands for what nobody wants.
    static long bytes(int headDim) {
        return at(6, padded(headDim)) + 4L * padded(headDim);
    }

    /// The `index`-th area, each `[BLOCK or PAIRS, dim]` f32.
    static long at(int index, int dim) {
        return FIXED + 4L * BLOCK * dim * index;
    }
}
