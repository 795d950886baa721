package dev.vivace.runtime;

import java.util.Arrays;

/// Runs of slots in columns, growing, reused.
final class RunList {
    int[] start = new int[64];
    int[] length = new int[64];
    float[] logWeight = new float[64];
    int count;

    void clear() {
        count = 0;
    }

    /// Adds slots `[from, to)`; nothing if there are none. Joins the run before (from `first` on) where it ends
    /// at `from` and weighs the same.
    void add(int from, int to, float weight, int first) {
        if (to <= from) {
            return;
        }
        if (count > first && start[count - 1] + length[count - 1] == from && logWeight[count - 1] == weight) {
            length[count - 1] += to - from;
            return;
        }
        if (count == start.length) {
            start = Arrays.copyOf(start, count * 2);
            length = Arrays.copyOf(length, count * 2);
            logWeight = Arrays.copyOf(logWeight, count * 2);
        }
        start[count] = from;
        length[count] = to - from;
        logWeight[count++] = weight;
    }

    int end(int run) {
        return start[run] + length[run];
    }

    /// Adds to `this` what runs `[aFrom, aTo)` of `a` and `[bFrom, bTo)` of `b` share; weights add up.
    void intersect(RunList a, int aFrom, int aTo, RunList b, int bFrom, int bTo) {
        int first = count;
        int i = aFrom;
        int j = bFrom;
        while (i < aTo && j < bTo) {
            int from = Math.max(a.start[i], b.start[j]);
            int to = Math.min(a.end(i), b.end(j));
            add(from, to, a.logWeight[i] + b.logWeight[j], first);
            if (a.end(i) < b.end(j)) {
                i++;
            } else {
                j++;
            }
        }
    }
}
