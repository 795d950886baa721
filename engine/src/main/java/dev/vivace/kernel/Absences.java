package dev.vivace.kernel;

import java.util.Arrays;

/// Which workers are left out of runs for a while, because another process takes the processor they run on: a
/// system hands a processor over for milliseconds at a time, and whoever is stopped in the middle of a slice holds
/// every run up for as long. Left out, such a worker sleeps, and the caller does its part; now and then it is tried
/// again.
///
/// For the caller of runs alone, one thread at a time.
final class Absences {
    /// The beginning of a run that nobody timed.
    static final long UNTIMED = Long.MIN_VALUE;

    /// Waiting longer than this for a slice is odd, if it is also far longer than the caller's own slice took.
    private static final long ODD_NANOS = 500_000;

    /// Runs that are timed after an odd wait; others are not, since looking at the clock is a quarter of a short run.
    private static final int WATCHED = 1 << 14;

    private static final long SHORTEST_NANOS = 10_000_000;
    private static final long LONGEST_NANOS = 160_000_000;

    /// Who is late again so soon after an absence is left out for twice as long.
    private static final long SOON_NANOS = 50_000_000;

    private final boolean[] absent;
    private final long[] until;
    private final long[] nanos;
    private int count;
    private int watched;

    /// @param workers slices of a run
    Absences(int workers) {
        absent = new boolean[workers];
        until = new long[workers];
        nanos = new long[workers];
        Arrays.fill(until, System.nanoTime() - SOON_NANOS);
    }

    /// Whether worker `worker` is left out.
    boolean has(int worker) {
        return absent[worker];
    }

    /// Begins a run: lets those take part again whose time is over. Returns the time, or [#UNTIMED].
    long begin() {
        if (count == 0 && watched == 0) {
            return UNTIMED;
        }
        watched = count > 0 ? WATCHED : watched - 1;
        long time = System.nanoTime();
        begin(time);
        return time;
    }

    /// As [#begin()] of a timed run at `time`.
    void begin(long time) {
        for (int worker = 1; count > 0 && worker < absent.length; worker++) {
            if (absent[worker] && time - until[worker] >= 0) {
                absent[worker] = false;
                count--;
            }
        }
    }

    /// Takes note that the caller waited for worker `worker` from `from` to `time`, after a slice of its own that it
    /// began at `begun`. The first odd wait but makes runs be timed.
    void waited(int worker, long begun, long from, long time) {
        long late = time - from;
        if (absent[worker] || late < ODD_NANOS) {
            return;
        }
        watched = WATCHED;
        if (begun == UNTIMED || late < 2 * (from - begun)) {
            return;
        }
        boolean soon = time - until[worker] < SOON_NANOS;
        nanos[worker] = soon ? Math.clamp(2 * nanos[worker], SHORTEST_NANOS, LONGEST_NANOS) : SHORTEST_NANOS;
        until[worker] = time + nanos[worker];
        absent[worker] = true;
        count++;
    }
}
