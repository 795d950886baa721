package dev.vivace.runtime;

import dev.vivace.seam.Part;
import dev.vivace.seam.PartState;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/// What the parts of one sequence keep for it.
final class PartStates {
    private final Map<Part, PartState> states = new IdentityHashMap<>();

    static PartStates open(Parts parts) {
        PartStates opened = new PartStates();
        for (Part part : parts.all()) {
            opened.open(part);
        }
        opened.open(parts.cache());
        opened.open(parts.prefill());
        opened.open(parts.decoding());
        return opened;
    }

    private void open(Part part) {
        if (!states.containsKey(part)) {
            part.newState().ifPresent(state -> states.put(part, state));
        }
    }

    @SuppressWarnings("unchecked") // the owner made the state and knows its type
    <S extends PartState> S of(Part owner) {
        PartState state = states.get(owner);
        if (state == null) {
            throw new IllegalArgumentException(owner.getClass().getSimpleName() + " keeps no state for this sequence");
        }
        return (S) state;
    }

    PartStates fork() {
        PartStates copy = new PartStates();
        states.forEach((part, state) -> copy.states.put(part, state.fork()));
        return copy;
    }

    /// States for `parts`: forks of those that are here, new ones for the rest. Empty if a new one must have
    /// seen every slot, which is what a state that cannot be cut back says of itself.
    ///
    /// @param nothingStored whether there is no slot to have been seen
    Optional<PartStates> forkFor(Parts parts, boolean nothingStored) {
        PartStates opened = open(parts);
        for (Map.Entry<Part, PartState> entry : opened.states.entrySet()) {
            PartState here = states.get(entry.getKey());
            if (here == null && !nothingStored && !entry.getValue().truncatable()) {
                opened.close();
                return Optional.empty();
            }
            if (here != null) {
                entry.getValue().close();
                entry.setValue(here.fork());
            }
        }
        return Optional.of(opened);
    }

    /// Why slots cannot be forgotten; empty if they can.
    String truncationBar() {
        for (PartState state : states.values()) {
            if (!state.truncatable()) {
                return "the state " + state.getClass().getSimpleName() + " cannot be cut back";
            }
        }
        return "";
    }

    void truncate(int length) {
        states.values().forEach(state -> state.truncate(length));
    }

    void keep(int base, int[] offsets, int count) {
        states.values().forEach(state -> state.keep(base, offsets, count));
    }

    void close() {
        states.values().forEach(PartState::close);
        states.clear();
    }
}
