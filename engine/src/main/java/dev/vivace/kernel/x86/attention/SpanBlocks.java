package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.attention.SpanScratch.BLOCK;
import static dev.vivace.kernel.x86.attention.SpanScratch.MOST_BLOCKS;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.x86.Kernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Tells a kernel which blocks to read: as they lie where one run of slots of one page is all that a block has,
/// else from a copy in which slots outside the runs are 0 and weigh nothing.
///
/// A kernel reads whole groups of [SpanScratch#ROUND_SLOTS] slots of a page and of [SpanScratch#ROUND] elements of
/// a row, so small pages and rows of another length are copied too.
final class SpanBlocks {
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private SpanBlocks() {}

    /// Calls `kernel` for all blocks of the span's runs that have slots in `[lowest, highest)`: once, or several
    /// times that go on with one another. Everything else that a call says is written already.
    static void run(AttentionSpan span, Kernel kernel, int lowest, int highest) {
        MemorySegment scratch = span.scratch;
        long address = scratch.address();
        scratch.set(I64, SpanScratch.BEGIN, 1);
        scratch.set(I64, SpanScratch.END, 0);
        int run = span.runFrom;
        int count = 0;
        int block = 0;
        while (true) {
            while (run < span.runTo && (span.runLength[run] == 0 || end(span, run) <= Math.max(block, lowest))) {
                run++;
            }
            if (run == span.runTo) {
                break;
            }
            block = Math.max(block, Math.max(span.runStart[run], lowest) & -BLOCK);
            if (block >= highest) {
                break;
            }
            int first = Math.max(block, Math.max(lowest, span.runStart[run]));
            int past = Math.min(block + BLOCK, highest);
            if (first >= past) {
                break;
            }
            boolean direct = entry(span, address, count++, run, block, first, past);
            if (!direct || count == MOST_BLOCKS) {
                call(scratch, address, kernel, count);
                scratch.set(I64, SpanScratch.BEGIN, 0);
                count = 0;
            }
            block += BLOCK;
        }
        scratch.set(I64, SpanScratch.END, 1);
        call(scratch, address, kernel, count);
    }

    private static int end(AttentionSpan span, int run) {
        return span.runStart[run] + span.runLength[run];
    }

    private static void call(MemorySegment scratch, long address, Kernel kernel, int count) {
        scratch.set(I64, SpanScratch.BLOCKS, count);
        kernel.call(address, 0, 0, 0, 0, 0);
    }

    /// Writes one entry; `run` is the first that has slots in `[first, limit)`. False if it reads a copy: there is
    /// room for one.
    private static boolean entry(
            AttentionSpan span, long address, int index, int run, int block, int first, int limit) {
        KvBlocks kv = span.kv;
        MemorySegment scratch = span.scratch;
        int last = run;
        int past = Math.min(limit, end(span, run));
        while (last + 1 < span.runTo && span.runStart[last + 1] < limit) {
            last++;
            past = Math.max(past, Math.min(limit, end(span, last)));
        }
        int page = first / kv.pageTokens();
        int rounding = SpanScratch.ROUND - 1;
        boolean direct = run == last
                && (past - 1) / kv.pageTokens() == page
                && kv.pageTokens() >= SpanScratch.ROUND_SLOTS
                && ((kv.keyDim() | kv.valueDim()) & rounding) == 0;
        long entry = SpanScratch.LIST + (long) index * SpanScratch.ENTRY;
        scratch.set(I64, entry + SpanScratch.FIRST, first - block);
        scratch.set(I64, entry + SpanScratch.PAST, past - block);
        scratch.set(I64, entry + SpanScratch.START, block);
        if (direct) {
            long before = block - (long) page * kv.pageTokens();
            long memory = kv.segment(page).address();
            int bytes = kv.dtype().blockBytes();
            scratch.set(
                    I64,
                    entry + SpanScratch.KEY_AT,
                    memory + kv.keys(page, span.kvHead) + before * kv.keyDim() * bytes);
            scratch.set(
                    I64,
                    entry + SpanScratch.VALUE_AT,
                    memory + kv.values(page, span.kvHead) + before * kv.valueDim() * bytes);
            float weight = span.runLogWeight[run];
            long bias = weight == 0 ? SpanScratch.NO_BIAS : SpanScratch.BIASES + 4L * BLOCK * index;
            for (int i = 0; i < BLOCK; i++) {
                if (weight != 0) {
                    scratch.set(F32, bias + 4L * i, weight);
                }
            }
            scratch.set(I64, entry + SpanScratch.BIAS_AT, address + bias);
            return true;
        }
        copy(span, address, entry, index, run, last, block, first, past);
        return false;
    }

    private static void copy(
            AttentionSpan span,
            long address,
            long entry,
            int index,
            int run,
            int last,
            int block,
            int first,
            int past) {
        KvBlocks kv = span.kv;
        MemorySegment scratch = span.scratch;
        int dim = Math.max(SpanScratch.padded(kv.keyDim()), SpanScratch.padded(kv.valueDim()));
        long keys = SpanScratch.at(4, dim);
        long values = SpanScratch.at(5, dim);
        long bias = SpanScratch.BIASES + 4L * BLOCK * index;
        int bytes = kv.dtype().blockBytes();
        long keyRow = (long) SpanScratch.padded(kv.keyDim()) * bytes;
        long valueRow = (long) SpanScratch.padded(kv.valueDim()) * bytes;
        int at = run;
        for (int slot = first; slot < past; slot++) {
            while (end(span, at) <= slot && at < last) {
                at++;
            }
            int s = slot - block;
            if (slot < span.runStart[at] || slot >= end(span, at)) {
                clear(scratch, keys + s * keyRow, keyRow);
                clear(scratch, values + s * valueRow, valueRow);
                scratch.set(F32, bias + 4L * s, Float.NEGATIVE_INFINITY);
                continue;
            }
            int page = slot / kv.pageTokens();
            long in = slot % kv.pageTokens();
            long key = (long) kv.keyDim() * bytes;
            long value = (long) kv.valueDim() * bytes;
            MemorySegment memory = kv.segment(page);
            MemorySegment.copy(memory, kv.keys(page, span.kvHead) + in * key, scratch, keys + s * keyRow, key);
            MemorySegment.copy(
                    memory, kv.values(page, span.kvHead) + in * value, scratch, values + s * valueRow, value);
            scratch.set(F32, bias + 4L * s, span.runLogWeight[at]);
        }
        scratch.set(I64, entry + SpanScratch.KEY_AT, address + keys);
        scratch.set(I64, entry + SpanScratch.VALUE_AT, address + values);
        scratch.set(I64, entry + SpanScratch.BIAS_AT, address + bias);
    }

    private static void clear(MemorySegment scratch, long at, long bytes) {
        for (long i = 0; i < bytes; i += 8) {
            scratch.set(I64, at + i, 0);
        }
    }
}
