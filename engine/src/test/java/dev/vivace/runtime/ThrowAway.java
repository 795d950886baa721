package dev.vivace.runtime;

import dev.vivace.seam.Bind;
import dev.vivace.seam.Card;
import dev.vivace.seam.Claim;
import dev.vivace.seam.Exactness;
import dev.vivace.seam.Part;
import dev.vivace.seam.Seam;
import dev.vivace.seam.Technique;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// A technique of one test.
///
/// @param card its card
/// @param parts what it binds
record ThrowAway(Card card, Function<Bind, List<Part>> parts) implements Technique {
    private record NoOptions() {}

    static ThrowAway of(Seam seam, Function<Bind, List<Part>> parts) {
        return new ThrowAway(card("throw-away", seam), parts);
    }

    static ThrowAway of(Seam seam, Part... parts) {
        return of(seam, bind -> List.of(parts));
    }

    static Card card(String id, Seam seam, Claim... claims) {
        return new Card(
                id,
                id,
                new Card.Paper("nobody", "nothing", 2026, "none"),
                Card.Kind.PLUG_IN,
                Set.of(seam),
                new Exactness.Bitwise(),
                List.of(),
                List.of(claims),
                Card.Status.EXPERIMENTAL);
    }

    @Override
    public Record options() {
        return new NoOptions();
    }

    @Override
    public List<Part> bind(Bind bind) {
        return parts.apply(bind);
    }
}
