package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Attention;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.Partial;
import dev.vivace.seam.Selection;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/// Softmax attention over the slots that the model's mask allows and the [Attention] parts of each row select.
final class SelectedAttention implements AutoCloseable {
    private final DecoderSpec spec;
    private final Compute compute;
    private final StepCapture capture;
    private final AttentionSelector selector = new AttentionSelector();
    private final ModelMask mask = new ModelMask();
    private final AttentionPlan planner = new AttentionPlan();
    private final AttentionTiles plan = planner.tiles();
    private final AttentionWork work;
    private final KvStaging[] staging;
    private final StagingMemory memory = new StagingMemory();
    private final Arena arena = Arena.ofShared();
    private final Matrix line;
    private final RopeTables ropes;

    SelectedAttention(DecoderSpec spec, Compute compute, StepCapture capture, RopeTables ropes) {
        this.spec = spec;
        this.compute = compute;
        this.capture = capture;
        this.ropes = ropes;
        int width = 1;
        int heads = 1;
        int dim = 1;
        for (LayerSpec layer : spec.layers()) {
            width = Math.max(width, layer.outputWidth());
            heads = Math.max(heads, layer.heads());
            dim = Math.max(dim, layer.keyDim());
        }
        this.work = new AttentionWork(compute, spec.layer(0), width, heads);
        this.staging = new KvStaging[spec.layers().size()];
        this.line = Matrix.allocate(arena, 1, dim);
    }

    /// Attends.
    ///
    /// @param q rotated queries; rows whose positions a selection gives anew are overwritten
    /// @param plain queries before their rotation; read only where keys are stored raw
    /// @param asked queries as parts see them: each row in the form of its sequence's keys
    /// @param out `[rows, heads * valueDim]`
    /// @param lse `[rows, heads]`
    void run(LiveRows rows, int layer, Matrix q, Matrix plain, Matrix asked, Matrix out, Matrix lse) {
        if (staging[layer] != null) {
            staging[layer].clear();
        }
        LayerSpec shape = spec.layer(layer);
        List<Selection> selections = selector.select(rows, layer, asked, shape.heads());
        mask.plan(rows, layer, shape);
        planner.plan(rows, layer, shape.heads(), shape.group(), mask, selections);
        point(rows, layer);
        if (capture.wants(layer)) {
            capture.scores(rows, layer, shape, q, mask, (sequence, runs) -> blocks(sequence, layer, runs));
        }
        turn(q, plain, shape);
        work.run(plan, mask, shape, q, out, lse);
        if (selector.isUsed()) {
            mergeExtras(layer, asked);
        }
    }

    private void mergeExtras(int layer, Matrix asked) {
        for (int i = 0; i < selector.groups(); i++) {
            Attention part = selector.part(i);
            LiveRows group = selector.rows(i);
            Optional<Partial> extra = part.extra(group, layer, selector.queries(i, asked));
            if (extra.isPresent()) {
                for (int row = 0; row < group.count(); row++) {
                    work.mergeRow(
                            selector.index(i, row),
                            row,
                            extra.get().out(),
                            extra.get().lse());
                }
            }
        }
    }

    /// Tells every tile where its keys and values are: first everything that is to be brought, then each
    /// tile's.
    private void point(LiveRows rows, int layer) {
        boolean staged = false;
        for (int tile = 0; tile < plan.tiles(); tile++) {
            CachedSequence sequence = rows.cached(plan.row(tile));
            if (plan.renumbered(tile)) {
                requireRaw(sequence.layer(layer));
                pages(sequence, layer).want(plan.sources(), plan.firstSource(tile), plan.lastSource(tile), false);
                staged = true;
            } else if (KvStaging.needed(sequence.layer(layer))) {
                int from = plan.firstRun(plan.firstPiece(tile));
                int to = plan.firstRun(plan.firstPiece(tile) + plan.pieces(tile));
                pages(sequence, layer).want(plan.runs(), from, to, true);
                if (mask.displaced(plan.row(tile))) {
                    pages(sequence, layer).want(sequence.base(), sequence.length(), true);
                }
                staged = true;
            }
        }
        if (staged) {
            staging(layer).ready();
        }
        for (int tile = 0; tile < plan.tiles(); tile++) {
            plan.blocks(tile, blocks(rows, tile, layer));
        }
    }

    private static void requireRaw(CacheLayer layer) {
        if (layer.shape().layout().form() != KeyForm.RAW) {
            throw new IllegalStateException("positions can only be given anew where keys are stored " + KeyForm.RAW
                    + ", here they are stored " + layer.shape().layout().form());
        }
    }

    private KvBlocks blocks(LiveRows rows, int tile, int layer) {
        int row = plan.row(tile);
        CachedSequence sequence = rows.cached(row);
        if (plan.renumbered(tile)) {
            return staging(layer)
                    .renumbered(pages(sequence, layer), plan.sources(), plan.firstSource(tile), plan.lastSource(tile));
        }
        CacheLayer cache = sequence.layer(layer);
        KvBlocks blocks = KvStaging.needed(cache) ? pages(sequence, layer).readable() : cache.blocks();
        if (!mask.displaced(row)) {
            return blocks;
        }
        boolean again = tile > 0 && plan.row(tile - 1) == row && !plan.renumbered(tile - 1);
        return again
                ? plan.blocks(tile - 1)
                : staging(layer).chained(blocks, sequence.base(), mask, mask.chain(rows, row));
    }

    /// Where the slots of `runs` can be read, as the cache numbers them.
    private KvBlocks blocks(CachedSequence sequence, int layer, RunList runs) {
        if (!KvStaging.needed(sequence.layer(layer))) {
            return sequence.layer(layer).blocks();
        }
        StagedPages pages = pages(sequence, layer);
        pages.want(runs, 0, runs.count, true);
        pages.ready(staging(layer));
        return pages.readable();
    }

    private StagedPages pages(CachedSequence sequence, int layer) {
        return staging(layer).of(sequence, layer);
    }

    private KvStaging staging(int layer) {
        if (staging[layer] == null) {
            staging[layer] = new KvStaging(compute, spec.layer(layer), memory, line);
        }
        return staging[layer];
    }

    /// Turns the queries of renumbered tiles by the number of their last slot.
    private void turn(Matrix q, Matrix plain, LayerSpec shape) {
        for (int tile = 0; tile < plan.tiles(); tile++) {
            if (plan.renumbered(tile)) {
                int slots = 0;
                for (int run = plan.firstSource(tile); run < plan.lastSource(tile); run++) {
                    slots += plan.sources().length[run];
                }
                ropes.turnRow(plain, q, plan.row(tile), plan.head(tile), shape, slots - 1, compute.kernels());
            }
        }
    }

    @Override
    public void close() {
        work.close();
        selector.close();
        for (KvStaging stage : staging) {
            if (stage != null) {
                stage.close();
            }
        }
        memory.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
