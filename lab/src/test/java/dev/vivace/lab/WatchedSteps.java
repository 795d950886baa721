package dev.vivace.lab;

import dev.vivace.seam.Bind;
import dev.vivace.seam.Card;
import dev.vivace.seam.Exactness;
import dev.vivace.seam.Part;
import dev.vivace.seam.Request;
import dev.vivace.seam.Scheduling;
import dev.vivace.seam.Seam;
import dev.vivace.seam.Technique;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A scheduling that gives everybody what they want and notes what each step had in it.
final class WatchedSteps implements Technique, Scheduling {
    /// A step.
    ///
    /// @param prompts requests that stored prompts
    /// @param rows rows of those prompts
    /// @param decoding requests that made a token
    record Step(int prompts, int rows, int decoding) {}

    private record None() {}

    private final List<Step> steps = new ArrayList<>();

    synchronized List<Step> taken() {
        List<Step> taken = List.copyOf(steps);
        steps.clear();
        return taken;
    }

    @Override
    public synchronized void plan(
            Load load, List<? extends Request> prefilling, List<? extends Request> decoding, Budget out) {
        int rows = 0;
        for (Request request : prefilling) {
            int all = request.prompt().length - request.cached();
            out.rows(request, all, 0);
            rows += all;
        }
        decoding.forEach(request -> out.rows(request, 0, 0));
        steps.add(new Step(prefilling.size(), rows, decoding.size()));
    }

    @Override
    public Card card() {
        return new Card(
                "watched-steps",
                "Watched steps",
                new Card.Paper("none", "none", 2026, "none"),
                Card.Kind.DEFAULT,
                Set.of(Seam.SCHEDULING),
                new Exactness.Bitwise(),
                List.of(),
                List.of(),
                Card.Status.EXPERIMENTAL);
    }

    @Override
    public Record options() {
        return new None();
    }

    @Override
    public List<Part> bind(Bind bind) {
        return List.of(this);
    }
}
