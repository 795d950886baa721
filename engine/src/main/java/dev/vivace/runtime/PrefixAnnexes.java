package dev.vivace.runtime;

import dev.vivace.seam.Sequence.Annex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The annexes that hang on one sequence's prefixes, one an owner.
final class PrefixAnnexes {
    private final List<SharedAnnex> annexes = new ArrayList<>();

    Optional<Annex> of(Object owner) {
        for (SharedAnnex annex : annexes) {
            if (annex.owner() == owner) {
                return Optional.of(annex.annex());
            }
        }
        return Optional.empty();
    }

    /// Hangs `annex` on the first `length` slots in place of the owner's old one.
    void hang(Object owner, Annex annex, int length) {
        release(old -> old.owner() == owner);
        annexes.add(new SharedAnnex(owner, annex, length));
    }

    /// Drops those that reach beyond `length` slots.
    void cut(int length) {
        release(annex -> annex.length() > length);
    }

    PrefixAnnexes share() {
        PrefixAnnexes copy = new PrefixAnnexes();
        annexes.forEach(annex -> copy.annexes.add(annex.share()));
        return copy;
    }

    void close() {
        release(annex -> true);
    }

    private void release(Predicate<SharedAnnex> which) {
        annexes.removeIf(annex -> {
            if (which.test(annex)) {
                annex.release();
                return true;
            }
            return false;
        });
    }
}
