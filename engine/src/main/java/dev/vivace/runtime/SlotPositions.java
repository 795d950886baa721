package dev.vivace.runtime;

import java.util.Arrays;

/// The positions that the slots of one sequence hold. Mostly they rise with the slots; where they do not,
/// windows are found slot by slot.
final class SlotPositions {
    private int[] positions = new int[16];
    private int length;
    // How many slots from the first on have positions that never fall.
    private int rising;

    int length() {
        return length;
    }

    int at(int slot) {
        return positions[slot];
    }

    int append(int position) {
        if (length == positions.length) {
            positions = Arrays.copyOf(positions, length * 2);
        }
        positions[length++] = position;
        grow();
        return length - 1;
    }

    private void grow() {
        while (rising < length && (rising == 0 || positions[rising] >= positions[rising - 1])) {
            rising++;
        }
    }

    /// One more than the highest.
    int next() {
        int highest = -1;
        for (int slot = Math.max(0, rising - 1); slot < length; slot++) {
            highest = Math.max(highest, positions[slot]);
        }
        return highest + 1;
    }

    /// Whether the first `count` positions never fall.
    boolean rise(int count) {
        return rising >= count;
    }

    /// The first slot below `limit` whose position is at least `position`, where [#rise] holds of `limit`.
    int firstFrom(int position, int limit) {
        int from = 0;
        int to = limit;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (positions[middle] < position) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    void truncate(int to) {
        length = to;
        rising = Math.min(rising, to);
    }

    /// Moves the slots `base + offsets[0..count)` together and forgets the rest.
    void keep(int base, int[] offsets, int count) {
        for (int i = 0; i < count; i++) {
            positions[base + i] = positions[base + offsets[i]];
        }
        rising = Math.min(rising, base);
        length = base + count;
        grow();
    }

    SlotPositions copy() {
        SlotPositions copy = new SlotPositions();
        copy.positions = positions.clone();
        copy.length = length;
        copy.rising = rising;
        return copy;
    }
}
