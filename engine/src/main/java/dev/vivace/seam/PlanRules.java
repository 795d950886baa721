package dev.vivace.seam;

import dev.vivace.kernel.Phase;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/// What two techniques may not do in one plan.
final class PlanRules {
    private PlanRules() {}

    /// Reports every reason why `a` and `b` cannot stand together.
    static void conflicts(Card a, Card b, Consumer<String> report) {
        String both = a.id() + " and " + b.id();
        if (a.id().equals(b.id())) {
            report.accept(a.id() + " stands there twice");
        }
        for (Claim first : a.claims()) {
            for (Claim second : b.claims()) {
                symmetric(first, second, both, report);
                oneSided(first, second, both, report);
                oneSided(second, first, both, report);
            }
        }
        excluded(a, b, report);
        excluded(b, a, report);
    }

    private static void symmetric(Claim first, Claim second, String both, Consumer<String> report) {
        if (first instanceof Claim.Takes(Seam seam) && first.equals(second)) {
            report.accept(both + " both take the seam " + seam);
        }
        if (first instanceof Claim.SelectsDynamically(Set<Phase> phases)
                && second instanceof Claim.SelectsDynamically(Set<Phase> others)) {
            Set<Phase> shared = EnumSet.noneOf(Phase.class);
            shared.addAll(phases);
            shared.retainAll(others);
            if (!shared.isEmpty()) {
                report.accept(both + " both select slots in " + shared);
            }
        }
        if (first instanceof Claim.NeedsKeys(KeyForm form)
                && second instanceof Claim.NeedsKeys(KeyForm other)
                && form != other) {
            report.accept(both + " need keys stored " + form + " and " + other);
        }
    }

    private static void oneSided(Claim first, Claim second, String both, Consumer<String> report) {
        if (first instanceof Claim.CannotTruncate && second instanceof Claim.Speculates) {
            report.accept(
                    both + ": one keeps state that cannot be cut back, the other drafts rows that may be dropped");
        }
    }

    private static void excluded(Card a, Card b, Consumer<String> report) {
        for (Claim claim : a.claims()) {
            if (claim instanceof Claim.Excludes(String id, String reason) && id.equals(b.id())) {
                report.accept(a.id() + " cannot stand beside " + id + ": " + reason);
            }
        }
    }
}
