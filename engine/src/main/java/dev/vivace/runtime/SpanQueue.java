package dev.vivace.runtime;

import java.util.concurrent.atomic.AtomicInteger;

/// Which worker computes which item of a layer's attention: whoever is free takes the next, so that workers end
/// together whatever the items cost. No schedule changes results: items are cut and merged the same way.
final class SpanQueue {
    private final AtomicInteger next = new AtomicInteger();
    private int items;

    /// Starts over with `count` items; before workers start.
    void begin(int count) {
        items = count;
        next.setRelease(0);
    }

    /// The next item, or one past the last.
    int next() {
        int item = next.getAndIncrement();
        return Math.min(item, items);
    }
}
