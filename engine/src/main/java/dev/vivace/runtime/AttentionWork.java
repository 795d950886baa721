package dev.vivace.runtime;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Workers;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Selection;
import dev.vivace.tensor.Matrix;
import java.util.Arrays;

/// Runs [AttentionTiles]: every (piece, key-value head) is one item that any worker may take; then the pieces
/// of each tile are merged in order of position. Little work stays with the calling thread: to wake others costs
/// more. Reused.
final class AttentionWork implements AutoCloseable {
    /// Multiplications below which the calling thread works alone: a few microseconds.
    private static final long FEW_PRODUCTS = 1 << 18;
    /// Elements merged below which it does.
    private static final long FEW_ELEMENTS = 1 << 15;

    private final Compute compute;
    private final AttentionSpan[] spans;
    private final SpanQueue queue = new SpanQueue();
    private final Scratch partialOut;
    private final Scratch partialLse;
    private final Workers.Job attend = this::attend;
    private final Workers.Job merge = this::merge;

    private int[] itemTile = new int[64];
    private int[] itemPiece = new int[64];
    private int[] itemKvHead = new int[64];
    private int[] tileExtra = new int[16];
    private int items;
    private long products;
    private int extras;
    private int[] nowhere = new int[0];
    private int[] everywhere = new int[0];

    private AttentionTiles plan = new AttentionTiles();
    private ModelMask mask = new ModelMask();
    private LayerSpec spec;
    private Matrix out = Scratch.NOTHING;
    private Matrix lse = Scratch.NOTHING;
    private Matrix queries = Scratch.NOTHING;
    private Matrix extraOut = Scratch.NOTHING;
    private Matrix extraLse = Scratch.NOTHING;

    AttentionWork(Compute compute, LayerSpec spec, int outputWidth, int heads) {
        this.compute = compute;
        this.spec = spec;
        this.partialOut = new Scratch(outputWidth);
        this.partialLse = new Scratch(heads);
        this.spans = new AttentionSpan[compute.workers().threads()];
        for (int worker = 0; worker < spans.length; worker++) {
            spans[worker] = new AttentionSpan();
            spans[worker].scratch = compute.scratch(worker);
        }
    }

    /// Computes `out` `[rows, heads * valueDim]` and `lse` `[rows, heads]` as planned.
    void run(AttentionTiles planned, ModelMask masks, LayerSpec shape, Matrix q, Matrix outputs, Matrix sums) {
        plan = planned;
        mask = masks;
        spec = shape;
        queries = q;
        out = outputs;
        lse = sums;
        if (nowhere.length < mask.from().length) {
            nowhere = new int[mask.from().length];
            everywhere = new int[nowhere.length];
            Arrays.fill(everywhere, Integer.MAX_VALUE);
        }
        layOut();
        int threads = products < FEW_PRODUCTS ? 1 : compute.workers().threads();
        queue.begin(items);
        if (threads == 1) {
            attend(0, 1);
        } else {
            compute.workers().run(attend);
        }
        if (extras > 0) {
            if ((long) extras * out.columns() < FEW_ELEMENTS) {
                merge(0, 1);
            } else {
                compute.workers().run(merge);
            }
        }
    }

    /// Lists the items and gives every piece but a tile's first a place of its own.
    private void layOut() {
        items = 0;
        products = 0;
        int extra = 0;
        if (tileExtra.length < plan.tiles()) {
            tileExtra = new int[Math.max(plan.tiles(), tileExtra.length * 2)];
        }
        for (int tile = 0; tile < plan.tiles(); tile++) {
            tileExtra[tile] = extra;
            extra += (plan.pieces(tile) - 1) * plan.rows(tile);
            boolean all = plan.head(tile) == Selection.ALL_HEADS;
            int firstHead = all ? 0 : plan.head(tile) / spec.group();
            int lastHead = all ? spec.kvHeads() : firstHead + 1;
            long width = (long) (all ? spec.heads() : 1) * (spec.keyDim() + spec.valueDim()) * plan.rows(tile);
            for (int piece = 0; piece < plan.pieces(tile); piece++) {
                products += width * plan.slots(plan.firstPiece(tile) + piece);
                for (int head = firstHead; head < lastHead; head++) {
                    item(tile, piece, head);
                }
            }
        }
        extras = extra;
        extraOut = Views.columns(partialOut.rows(extra), out.columns());
        extraLse = Views.columns(partialLse.rows(extra), lse.columns());
    }

    private void item(int tile, int piece, int kvHead) {
        if (items == itemTile.length) {
            itemTile = Arrays.copyOf(itemTile, items * 2);
            itemPiece = Arrays.copyOf(itemPiece, items * 2);
            itemKvHead = Arrays.copyOf(itemKvHead, items * 2);
        }
        itemTile[items] = tile;
        itemPiece[items] = piece;
        itemKvHead[items++] = kvHead;
    }

    private void attend(int worker, int of) {
        Kernels kernels = compute.kernels();
        AttentionSpan span = spans[worker];
        for (int item = queue.next(); item < items; item = queue.next()) {
            fill(span, itemTile[item], itemPiece[item], itemKvHead[item]);
            kernels.attend(span);
        }
    }

    private void fill(AttentionSpan span, int tile, int piece, int kvHead) {
        boolean all = plan.head(tile) == Selection.ALL_HEADS;
        RunList runs = plan.runs();
        span.queries = queries;
        span.row = plan.row(tile);
        span.rows = plan.rows(tile);
        span.head = all ? kvHead * spec.group() : plan.head(tile);
        span.heads = all ? spec.group() : 1;
        span.kv = plan.blocks(tile);
        span.kvHead = kvHead;
        span.scale = spec.attentionScale();
        span.softcap = spec.attentionSoftcap();
        boolean open = plan.renumbered(tile);
        span.from = open ? nowhere : mask.from();
        span.to = open ? everywhere : mask.to();
        span.runStart = runs.start;
        span.runLength = runs.length;
        span.runLogWeight = runs.logWeight;
        int index = plan.firstPiece(tile) + piece;
        span.runFrom = plan.firstRun(index);
        span.runTo = plan.firstRun(index + 1);
        Matrix toOut = piece == 0 ? out : extraOut;
        Matrix toLse = piece == 0 ? lse : extraLse;
        int row = piece == 0 ? span.row : tileExtra[tile] + (piece - 1) * span.rows;
        span.out = toOut.data();
        span.outOffset = toOut.offset(row) + 4L * span.head * spec.valueDim();
        span.outRowStride = toOut.stride();
        span.lse = toLse.data();
        span.lseOffset = toLse.offset(row) + 4L * span.head;
        span.lseRowStride = toLse.stride();
    }

    private void merge(int worker, int of) {
        for (int tile = worker; tile < plan.tiles(); tile += of) {
            for (int piece = 1; piece < plan.pieces(tile); piece++) {
                for (int row = 0; row < plan.rows(tile); row++) {
                    int extra = tileExtra[tile] + (piece - 1) * plan.rows(tile) + row;
                    merge(plan.row(tile) + row, extra, plan.head(tile), extraOut, extraLse);
                }
            }
        }
    }

    /// Merges row `from` of a later partial into row `row` of the result.
    private void merge(int row, int from, int head, Matrix laterOut, Matrix laterLse) {
        boolean all = head == Selection.ALL_HEADS;
        int first = all ? 0 : head;
        long at = 4L * first * spec.valueDim();
        compute.kernels()
                .mergeHeads(
                        out.data(),
                        out.offset(row) + at,
                        lse.data(),
                        lse.offset(row) + 4L * first,
                        laterOut.data(),
                        laterOut.offset(from) + at,
                        laterLse.data(),
                        laterLse.offset(from) + 4L * first,
                        all ? spec.heads() : 1,
                        spec.valueDim());
    }

    /// Merges row `from` of a further partial into row `row` of the result of the last [#run].
    void mergeRow(int row, int from, Matrix laterOut, Matrix laterLse) {
        merge(row, from, Selection.ALL_HEADS, laterOut, laterLse);
    }

    @Override
    public void close() {
        partialOut.close();
        partialLse.close();
    }
}
