package dev.vivace.runtime;

import java.util.Arrays;

/// The slots that one sequence's rows have in the step that runs, or ran last.
final class StepSlots {
    private long stepId = -1;
    private int base;
    private boolean branched;
    private int[] rows = new int[16];
    private int count;

    /// The first slot.
    int base() {
        return base;
    }

    /// Whether rows do not follow the row before them.
    boolean branched() {
        return branched;
    }

    boolean isOf(long id) {
        return stepId == id;
    }

    void begin(long id, int first) {
        stepId = id;
        settle(first);
    }

    /// Forgets the rows: they stay where they are, slots from `first` on are the next step's.
    void settle(int first) {
        base = first;
        count = 0;
        branched = false;
    }

    void add(int row, boolean branch) {
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, count * 2);
        }
        rows[count++] = row;
        branched |= branch;
    }

    /// The sequence has `length` slots left.
    void cut(int length) {
        base = Math.min(base, length);
        count = Math.min(count, length - base);
        branched = false;
    }

    /// Where `batchRows[0..kept)` stand, counted from [#base].
    int[] offsets(int[] batchRows, int kept) {
        int[] offsets = new int[kept];
        for (int i = 0; i < kept; i++) {
            offsets[i] = offsetOf(batchRows[i]);
            if (i > 0 && offsets[i] <= offsets[i - 1]) {
                throw new IllegalArgumentException(
                        "row=" + batchRows[i] + " was not added after row=" + batchRows[i - 1]);
            }
        }
        return offsets;
    }

    private int offsetOf(int batchRow) {
        for (int offset = 0; offset < count; offset++) {
            if (rows[offset] == batchRow) {
                return offset;
            }
        }
        throw new IllegalArgumentException("row=" + batchRow + " is not of this sequence's last step");
    }

    /// Only the rows at `offsets[0..kept)` stay, moved together.
    void keep(int[] offsets, int kept) {
        for (int i = 0; i < kept; i++) {
            rows[i] = rows[offsets[i]];
        }
        cut(base + kept);
    }
}
