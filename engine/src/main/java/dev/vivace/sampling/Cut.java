package dev.vivace.sampling;

import java.util.Arrays;

/// Finds where a filter cuts: the last candidate that stays when candidates are taken by falling logit and, among
/// equal logits, by rising index. Never sorts them all. Reuses its scratch memory.
///
/// A candidate is compared through one `long`: its logit, made comparable as an integer, above its inverted index.
final class Cut {
    /// A heap of up to this many beats selection by partition.
    private static final int HEAP_LIMIT = 1024;

    private static final int SORT_LIMIT = 24;

    /// Partitions before sorting what is left: bounds the time on input made to be slow.
    private static final int PARTITIONS = 64;

    private long[] keys = {};

    /// The index of the `k`-th candidate, `1 <= k <= size`. May overwrite `weights`.
    int largest(float[] logits, double[] weights, int size, int k) {
        if (k > HEAP_LIMIT) {
            Arrays.fill(weights, 0, size, 1.0);
            return mass(logits, weights, size, k, 0);
        }
        reserve(k);
        for (int i = 0; i < k; i++) {
            keys[i] = key(logits[i], i);
        }
        for (int i = k / 2 - 1; i >= 0; i--) {
            sink(i, k);
        }
        float smallest = logits[index(keys[0])];
        for (int i = k; i < size; i++) {
            // Equal is not enough: the index is higher than any in the heap.
            if (logits[i] > smallest) {
                keys[0] = key(logits[i], i);
                sink(0, k);
                smallest = logits[index(keys[0])];
            }
        }
        return index(keys[0]);
    }

    /// The index of the candidate at which the running sum of `weights` reaches `wanted`. `spare` is the mass
    /// that may
    /// be lost: candidates lighter than their share of it are left out at once, since together they cannot matter.
    int mass(float[] logits, double[] weights, int size, double wanted, double spare) {
        reserve(size);
        double lightest = spare / size;
        int count = 0;
        for (int i = 0; i < size; i++) {
            keys[count] = key(logits[i], i);
            count += weights[i] >= lightest ? 1 : 0;
        }
        int low = 0;
        int high = count;
        double sum = 0;
        for (int round = 0; round < PARTITIONS && high - low > SORT_LIMIT; round++) {
            int pivot = partition(low, high);
            double upper = sum;
            for (int i = low; i < pivot; i++) {
                upper += weights[index(keys[i])];
            }
            if (upper >= wanted) {
                high = pivot;
                continue;
            }
            sum = upper + weights[index(keys[pivot])];
            if (sum >= wanted) {
                return index(keys[pivot]);
            }
            low = pivot + 1;
        }
        Arrays.sort(keys, low, high);
        for (int i = high - 1; i >= low; i--) {
            sum += weights[index(keys[i])];
            if (sum >= wanted) {
                return index(keys[i]);
            }
        }
        // Summed in another order the mass was reached: it falls short by a last place, and all looked at stay.
        return index(keys[low < high ? low : low - 1]);
    }

    /// How many candidates stay when `last` is the last.
    int countFrom(float[] logits, int size, int last) {
        float logit = logits[last];
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += logits[i] > logit || (logits[i] == logit && i <= last) ? 1 : 0;
        }
        return count;
    }

    /// Puts larger keys before a pivot and smaller ones after it; returns where the pivot lies.
    private int partition(int low, int high) {
        int last = high - 1;
        swap(middle(low, low + (last - low) / 2, last), last);
        long pivot = keys[last];
        int store = low;
        for (int i = low; i < last; i++) {
            if (keys[i] > pivot) {
                swap(i, store++);
            }
        }
        swap(store, last);
        return store;
    }

    private int middle(int a, int b, int c) {
        long x = keys[a];
        long y = keys[b];
        long z = keys[c];
        if (x < y) {
            return y < z ? b : x < z ? c : a;
        }
        return x < z ? a : y < z ? c : b;
    }

    private void sink(int at, int count) {
        long key = keys[at];
        int hole = at;
        while (2 * hole + 1 < count) {
            int child = 2 * hole + 1;
            if (child + 1 < count && keys[child + 1] < keys[child]) {
                child++;
            }
            if (keys[child] >= key) {
                break;
            }
            keys[hole] = keys[child];
            hole = child;
        }
        keys[hole] = key;
    }

    private void swap(int a, int b) {
        long key = keys[a];
        keys[a] = keys[b];
        keys[b] = key;
    }

    private void reserve(int count) {
        if (keys.length < count) {
            keys = new long[count];
        }
    }

    private static long key(float logit, int index) {
        // Adding 0 makes one zero of the two; flipping the lower bits of negative numbers makes integers rise with
        // floats.
        int bits = Float.floatToRawIntBits(logit + 0.0f);
        int rising = bits ^ ((bits >> 31) & 0x7fffffff);
        return ((long) rising << 32) | (~index & 0xffffffffL);
    }

    private static int index(long key) {
        return ~(int) key;
    }

    /// Collects the tokens of the `k` largest logits of `[0, n)`, among equals those of lower ids, none at negative
    /// infinity, in rising order to `ids`; returns how many there are.
    int top(LogitScan scan, int k, int[] ids) {
        reserve(k);
        int count = 0;
        float smallest = Float.NEGATIVE_INFINITY;
        for (int id = scan.begin(); id < scan.count(); id = scan.next(id, smallest)) {
            if (count == k) {
                keys[0] = key(scan.logit(id), id);
                sink(0, k);
                smallest = scan.logit(index(keys[0]));
                continue;
            }
            keys[count++] = key(scan.logit(id), id);
            if (count == k) {
                for (int i = k / 2 - 1; i >= 0; i--) {
                    sink(i, k);
                }
                smallest = scan.logit(index(keys[0]));
            }
        }
        for (int i = 0; i < count; i++) {
            ids[i] = index(keys[i]);
        }
        Arrays.sort(ids, 0, count);
        return count;
    }
}
