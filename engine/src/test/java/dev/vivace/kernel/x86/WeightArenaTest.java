package dev.vivace.kernel.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WeightArenaTest {
    @BeforeEach
    void onlyWhereMemoryIsOurs() {
        assumeTrue(Machine.here().obstacle().isEmpty(), "native memory needs Linux on x86-64");
    }

    @Test
    void piecesOfAllSizesAreAlignedZeroAndApart() {
        try (WeightArena arena = new WeightArena()) {
            SplittableRandom random = new SplittableRandom(4);
            List<MemorySegment> pieces = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                long bytes = i < 4 ? i : random.nextLong(1, i % 50 == 0 ? 5L << 20 : 1L << 20);
                MemorySegment piece =
                        i % 2 == 0 ? arena.allocate(bytes, 64) : NativeMemory.allocate(Math.max(1, bytes), arena);
                assertThat(piece.address() % 64).isZero();
                assertThat(piece.mismatch(MemorySegment.ofArray(new byte[(int) piece.byteSize()])))
                        .isEqualTo(-1);
                piece.fill((byte) -1);
                pieces.add(piece);
            }
            pieces.sort(Comparator.comparingLong(MemorySegment::address));
            for (int i = 1; i < pieces.size(); i++) {
                MemorySegment before = pieces.get(i - 1);
                assertThat(before.address() + before.byteSize())
                        .isLessThanOrEqualTo(pieces.get(i).address());
            }
        }
    }

    @Test
    void threadsNeverGetTheSamePiece() {
        try (WeightArena arena = new WeightArena()) {
            List<MemorySegment> pieces = IntStream.range(0, 2000)
                    .parallel()
                    .mapToObj(i -> arena.allocate(100 + i, 64))
                    .toList();
            assertThat(pieces.stream().map(MemorySegment::address)).doesNotHaveDuplicates();
        }
    }

    @Test
    void closingTakesEverythingBack() {
        WeightArena arena = new WeightArena();
        List<MemorySegment> pieces = List.of(arena.allocate(100, 8), arena.allocate(3L << 20, 64));
        assertThat(arena.scope().isAlive()).isTrue();
        arena.close();
        assertThat(arena.scope().isAlive()).isFalse();
        for (MemorySegment piece : pieces) {
            assertThatThrownBy(() -> piece.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        }
    }
}
