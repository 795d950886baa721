package dev.vivace.seam;

/// What a part keeps for one sequence. It follows the sequence: forked, cut back and closed with it. One thread
/// at a time.
public interface PartState extends AutoCloseable {
    /// An independent copy; sharing what neither side will change is welcome.
    PartState fork();

    /// Forgets everything that came of slots from `length` on. A state that cannot says so by [#truncatable].
    void truncate(int length);

    /// Whether [#truncate] works; what cannot be cut back excludes speculation, and a step that fails half-way
    /// leaves its sequence good for nothing but [Sequence#close].
    default boolean truncatable() {
        return true;
    }

    /// After a step: of the slots from `base` on only those at `base + offsets[0..count)` stay, moved together.
    default void keep(int base, int[] offsets, int count) {
        for (int i = 0; i < count; i++) {
            if (offsets[i] != i) {
                throw new IllegalStateException(
                        getClass().getSimpleName() + " cannot move slots: offsets[" + i + "]=" + offsets[i]);
            }
        }
        truncate(base + count);
    }

    /// Frees what the state owns; idempotent.
    @Override
    default void close() {}
}
