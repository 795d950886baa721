package dev.vivace.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.OptionException;
import dev.vivace.kernel.Phase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What may stand in one plan, and in which order.
class PlanTest {
    private record Named(Card card) implements Technique {
        private record NoOptions() {}

        @Override
        public Record options() {
            return new NoOptions();
        }

        @Override
        public List<Part> bind(Bind bind) {
            return List.of();
        }
    }

    private static Technique technique(String id, Set<Seam> seams, Claim... claims) {
        Card.Paper paper = new Card.Paper("nobody", "nothing", 2026, "none");
        return new Named(new Card(
                id,
                id,
                paper,
                Card.Kind.PLUG_IN,
                seams,
                new Exactness.Bitwise(),
                List.of(),
                List.of(claims),
                Card.Status.EXPERIMENTAL));
    }

    private static Technique technique(String id, Claim... claims) {
        return technique(id, Set.of(Seam.ATTENTION), claims);
    }

    /// Both orders are refused with both names and the reason.
    private static void assertConflict(Technique a, Technique b, String reason) {
        for (List<Technique> both : List.of(List.of(a, b), List.of(b, a))) {
            assertThatThrownBy(() -> new Plan(both))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining(a.card().id())
                    .hasMessageContaining(b.card().id())
                    .hasMessageContaining(reason);
        }
    }

    private static List<String> ids(Technique... techniques) {
        return Plan.of(techniques).techniques().stream().map(t -> t.card().id()).toList();
    }

    @Test
    void twoThatTakeASeamConflict() {
        Technique a = technique("one", new Claim.Takes(Seam.DECODING));
        assertConflict(a, technique("two", new Claim.Takes(Seam.DECODING)), "DECODING");
        assertThat(ids(a, technique("two", new Claim.Takes(Seam.PREFILL)))).hasSize(2);
    }

    @Test
    void twoThatSelectDynamicallyConflictInThePhaseTheyShare() {
        Technique a = technique("one", new Claim.SelectsDynamically(Set.of(Phase.PREFILL, Phase.DECODE)));
        assertConflict(a, technique("two", new Claim.SelectsDynamically(Set.of(Phase.DECODE))), "[DECODE]");
        assertThat(ids(a, technique("two", new Claim.SelectsDynamically(Set.of(Phase.VERIFY)))))
                .hasSize(2);
        assertThat(ids(a, technique("two", new Claim.MasksStatically()))).hasSize(2);
    }

    @Test
    void keyFormsMustAgree() {
        Technique a = technique("one", new Claim.NeedsKeys(KeyForm.RAW));
        assertConflict(a, technique("two", new Claim.NeedsKeys(KeyForm.ROTATED)), "ROTATED");
        assertThat(ids(a, technique("two", new Claim.NeedsKeys(KeyForm.RAW)))).hasSize(2);
    }

    @Test
    void whatCannotBeCutBackExcludesSpeculation() {
        Technique a = technique("one", new Claim.CannotTruncate());
        assertConflict(a, technique("two", new Claim.Speculates()), "cut back");
        assertThat(ids(a, technique("two", new Claim.CannotTruncate()))).hasSize(2);
    }

    @Test
    void whoExcludesAnotherGivesTheReason() {
        Technique a = technique("one", new Claim.Excludes("two", "both need the moon"));
        assertConflict(a, technique("two"), "both need the moon");
        assertThat(ids(a, technique("three"))).hasSize(2);
    }

    @Test
    void nothingStandsTwice() {
        assertThatThrownBy(() -> Plan.of(technique("one"), technique("one")))
                .hasMessageContaining("one stands there twice");
    }

    @Test
    void everyConflictIsNamedAtOnce() {
        Technique a = technique("one", new Claim.Takes(Seam.DEPTH), new Claim.NeedsKeys(KeyForm.RAW));
        Technique b = technique("two", new Claim.Takes(Seam.DEPTH), new Claim.NeedsKeys(KeyForm.ROTATED));
        assertThatThrownBy(() -> Plan.of(a, b)).hasMessageContaining("DEPTH").hasMessageContaining("RAW");
    }

    @Test
    void rewritesComeFirstByStageAndWrappersLast() {
        Technique format = technique("format", new Claim.Rewrites(Rewrite.Stage.FORMAT));
        Technique rotation = technique("rotation", new Claim.Rewrites(Rewrite.Stage.ROTATION));
        Technique structure = technique("structure", new Claim.Rewrites(Rewrite.Stage.STRUCTURE));
        Technique wraps = technique("wraps", new Claim.Wraps(Seam.DECODING));
        Technique wrapsToo = technique("wraps-too", new Claim.Wraps(Seam.DECODING));
        Technique takes = technique("takes", new Claim.Takes(Seam.DECODING));
        Technique plain = technique("plain");
        assertThat(ids(wraps, format, plain, rotation, takes, wrapsToo, structure))
                .containsExactly("structure", "rotation", "format", "plain", "takes", "wraps", "wraps-too");
    }

    @Test
    void scopesAreTakenFromTheSeams() {
        Technique model = technique("model", Set.of(Seam.LINEAR, Seam.DEPTH));
        Technique request = technique("request", Set.of(Seam.DEPTH, Seam.DECODING));
        Plan plan = Plan.of(request, model);
        assertThat(plan.modelScope()).containsExactly(model);
        assertThat(plan.requestScope()).containsExactly(request);
        assertThat(plan.find("model")).contains(model);
        assertThat(plan.find("nothing")).isEmpty();
        assertThat(Plan.PLAIN.techniques()).isEmpty();
    }

    @Test
    void plansAreCopiesAndEqualByTheirTechniques() {
        List<Technique> list = new ArrayList<>(List.of(technique("one")));
        Plan plan = new Plan(list);
        list.clear();
        assertThat(plan.techniques()).hasSize(1);
        assertThat(plan).isEqualTo(Plan.of(technique("one")));
        assertThatThrownBy(() -> plan.techniques().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "two words", "-dash", "dash-", "a--b", "dot.ted", "ünder"})
    void cardsRefuseIdsThatPlansCannotName(String id) {
        assertThatThrownBy(() -> technique(id))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id=");
    }

    @Test
    void cardsCopyTheirCollections() {
        Claim[] claims = {new Claim.Speculates()};
        Card card = technique("fp6-4plus2", claims).card();
        Arrays.fill(claims, new Claim.CannotTruncate());
        assertThat(card.claims()).containsExactly(new Claim.Speculates());
        assertThatThrownBy(() -> card.claims().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> card.seams().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
