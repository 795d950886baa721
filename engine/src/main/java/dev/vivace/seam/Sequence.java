package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import java.util.Optional;

/// One sequence's state: the cache's slots and the state of every part that keeps some. A *slot* is a place in
/// the cache; it holds one *position* of the text. Slots are numbered from 0 in the order they were stored. For
/// one thread at a time.
public interface Sequence extends AutoCloseable {
    /// Slots stored.
    int length();

    /// The position that slot `slot` holds.
    int position(int slot);

    /// One more than the highest position stored.
    int nextPosition();

    /// An independent copy that shares full pages until one side writes to them.
    Sequence fork();

    /// Forgets the slots from `length` on, in every layer and every part's state.
    void truncate(int length);

    /// Whether [#truncate] works: no part keeps a state that cannot be cut back.
    boolean truncatable();

    /// Of the slots that the last step stored, keeps only those of batch rows `rows[0..count)`, in that order.
    /// Called after every step that ran branches (rows with another parent than the row before).
    void keep(int[] rows, int count);

    /// Adds `count` slots for positions `position..` whose keys and values will be given by [#write]; until
    /// then a layer reads nothing there.
    ///
    /// @return the first new slot
    int extend(int position, int count);

    /// Stores keys `[rows, kvHeads * keyDim]` and values of a layer in slots `from..`, in the layer's
    /// [KeyForm].
    void write(int layer, int from, Matrix keys, Matrix values, int rows);

    /// What layer `layer` has stored.
    KvView kv(int layer);

    /// The state that `owner` keeps for this sequence; `owner` made one in [Part#newState].
    <S extends PartState> S state(Part owner);

    /// The annex that `owner` hung on the first [#length] slots of some moment; gone when the sequence is cut
    /// below it.
    Optional<Annex> prefixAnnex(Object owner);

    /// Hangs `annex` on the present slots. Forks share it.
    void prefixAnnex(Object owner, Annex annex);

    /// Gives pages and states back; idempotent.
    @Override
    void close();

    /// Side data of a prefix (clusters, a decomposition …), immutable, shared by forks, closed with the last of
    /// them.
    interface Annex extends AutoCloseable {
        @Override
        default void close() {}
    }
}
