package dev.vivace.runtime;

import dev.vivace.seam.Sequence;
import java.util.concurrent.atomic.AtomicInteger;

/// An annex on the first `length` slots of one or more sequences; closed with the last.
final class SharedAnnex {
    private final Object owner;
    private final Sequence.Annex annex;
    private final int length;
    private final AtomicInteger holders = new AtomicInteger(1);

    SharedAnnex(Object owner, Sequence.Annex annex, int length) {
        this.owner = owner;
        this.annex = annex;
        this.length = length;
    }

    Object owner() {
        return owner;
    }

    Sequence.Annex annex() {
        return annex;
    }

    int length() {
        return length;
    }

    SharedAnnex share() {
        holders.incrementAndGet();
        return this;
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            annex.close();
        }
    }
}
