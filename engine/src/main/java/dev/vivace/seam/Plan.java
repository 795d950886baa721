package dev.vivace.seam;

import dev.vivace.OptionException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// An immutable, validated list of techniques: what a session is built from. Techniques bind in order, rewrites
/// first by stage.
///
/// @param techniques innermost first
public record Plan(List<Technique> techniques) {
    /// The plain engine.
    public static final Plan PLAIN = new Plan(List.of());

    /// Applies the rules of what combines; a conflict names both cards.
    public Plan {
        techniques = techniques.stream()
                .sorted(Comparator.comparing(technique -> stage(technique.card())))
                .toList();
        List<String> conflicts = new ArrayList<>();
        for (int i = 0; i < techniques.size(); i++) {
            for (int j = i + 1; j < techniques.size(); j++) {
                PlanRules.conflicts(techniques.get(i).card(), techniques.get(j).card(), conflicts::add);
            }
        }
        if (!conflicts.isEmpty()) {
            throw new OptionException("plan: " + String.join("; ", conflicts));
        }
    }

    /// A plan of these techniques.
    public static Plan of(Technique... techniques) {
        return new Plan(List.of(techniques));
    }

    /// The technique with card id `id`.
    public Optional<Technique> find(String id) {
        return techniques.stream()
                .filter(technique -> technique.card().id().equals(id))
                .findFirst();
    }

    /// The techniques that fix how weights are packed: sessions whose plans agree here share a packed model.
    public List<Technique> modelScope() {
        return techniques.stream().filter(Plan::isModelScope).toList();
    }

    /// The techniques that each request may choose.
    public List<Technique> requestScope() {
        return techniques.stream().filter(technique -> !isModelScope(technique)).toList();
    }

    private static boolean isModelScope(Technique technique) {
        return technique.card().seams().stream().anyMatch(seam -> seam.scope() != Seam.Scope.REQUEST);
    }

    /// Rewrites come first, in order of stage, and what wraps others last; else the list's order stays.
    private static int stage(Card card) {
        return card.claims().stream()
                .filter(Claim.Rewrites.class::isInstance)
                .mapToInt(claim -> ((Claim.Rewrites) claim).stage().ordinal())
                .max()
                .orElse(Rewrite.Stage.values().length + (wraps(card) ? 1 : 0));
    }

    private static boolean wraps(Card card) {
        return card.claims().stream().anyMatch(Claim.Wraps.class::isInstance);
    }
}
