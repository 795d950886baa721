package dev.vivace.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Deals panels of outputs out to the workers. Each worker has a share of its own, the same in every region, so
/// that its caches meet the same weights again; it takes some panels of it at a time, and when nothing is left,
/// takes from the others. So a worker whose processor another process took delays the region by the few panels
/// it holds. Which worker computes a panel changes no bit of it.
///
/// [#begin] is for the caller of a region before it starts, the rest for its workers.
final class Panels {
    /// Outputs of a panel: a cache line of f32, so that no two workers write the same one.
    static final int OUTPUTS = 16;

    /// What [#next] gives when nothing is left.
    static final long NONE = -1;

    /// Cursors stand this many elements apart, so that no two share a cache line.
    private static final int APART = 16;

    private static final VarHandle CURSORS = MethodHandles.arrayElementVarHandle(long[].class);

    /// One for each worker: the region's number in the upper half, how many panels of the share are taken in the
    /// lower. A cursor with an older number counts as nothing taken, so that the caller need not touch it.
    private final long[] cursors;

    private final int workers;
    private int panels;
    private int most;
    private long region;

    Panels(int workers) {
        this.workers = workers;
        this.cursors = new long[(workers + 1) * APART];
    }

    /// Panels that hold `outputs` outputs.
    static int of(int outputs) {
        return (outputs + OUTPUTS - 1) / OUTPUTS;
    }

    /// Begins a region.
    ///
    /// @param count panels to deal out
    /// @param atOnce panels that a worker takes at a time at most, unless it is alone
    void begin(int count, int atOnce) {
        panels = count;
        region = (region + 1) & 0x7fff_ffff;
        most = atOnce;
    }

    /// The next panels for worker `worker`, the first in the upper half and one past the last in the lower; or
    /// [#NONE].
    long next(int worker) {
        for (int i = 0; i < workers; i++) {
            int owner = worker + i < workers ? worker + i : worker + i - workers;
            int from = (int) ((long) panels * owner / workers);
            int to = (int) ((long) panels * (owner + 1) / workers);
            long range = take((owner + 1) * APART, from, to);
            if (range != NONE) {
                return range;
            }
        }
        return NONE;
    }

    /// Takes three quarters of what is left of a share: every take costs something, and at the end, when somebody
    /// may have to wait for it, it is small.
    private long take(int at, int from, int to) {
        while (true) {
            long seen = (long) CURSORS.getVolatile(cursors, at);
            int taken = seen >>> 32 == region ? (int) seen : 0;
            int left = to - from - taken;
            if (left == 0) {
                return NONE;
            }
            int count = workers == 1 ? left : Math.min(most, left - left / 4);
            if (CURSORS.compareAndSet(cursors, at, seen, region << 32 | (taken + count))) {
                return (long) (from + taken) << 32 | (from + taken + count);
            }
        }
    }
}
