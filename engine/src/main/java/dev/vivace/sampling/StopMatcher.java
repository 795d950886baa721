package dev.vivace.sampling;

import java.util.Optional;

/// Watches the text of one answer for stop strings while it streams. Text that may be the start of one is held back
/// until that is decided. Not safe for use by several threads.
///
/// Pieces are whole characters: none ends between the two halves of a surrogate pair.
public final class StopMatcher {
    private final StopStrings stops;
    private final StringBuilder held = new StringBuilder();
    private int state;
    private int matched = -1;

    StopMatcher(StopStrings stops) {
        this.stops = stops;
    }

    /// Takes the next piece of text and returns what may be shown now. Once a stop string has appeared, it and
    /// all that
    /// follows are dropped.
    public String push(String piece) {
        if (isStopped()) {
            return "";
        }
        int before = held.length();
        held.append(piece);
        for (int i = before; i < held.length(); i++) {
            state = stops.step(state, held.charAt(i));
            matched = stops.match(state);
            if (matched >= 0) {
                String shown =
                        held.substring(0, i + 1 - stops.strings().get(matched).length());
                held.setLength(0);
                return shown;
            }
        }
        int shownLength = held.length() - stops.depth(state);
        String shown = held.substring(0, shownLength);
        held.delete(0, shownLength);
        return shown;
    }

    /// Ends the text and returns what was held back; empty after a stop.
    public String finish() {
        String rest = held.toString();
        held.setLength(0);
        state = 0;
        return rest;
    }

    /// Whether a stop string has appeared.
    public boolean isStopped() {
        return matched >= 0;
    }

    /// The stop string that ended the text, if one did.
    public Optional<String> matched() {
        return isStopped() ? Optional.of(stops.strings().get(matched)) : Optional.empty();
    }
}
