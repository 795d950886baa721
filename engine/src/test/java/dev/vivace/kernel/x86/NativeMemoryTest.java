package dev.vivace.kernel.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vivace.CapacityException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeMemoryTest {
    private static final long HUGE = 2 << 20;

    @TempDir
    private Path folder;

    @BeforeEach
    void onlyWhereCodeIsEmitted() {
        Optional<Machine.Obstacle> obstacle = Machine.here().obstacle();
        assumeTrue(
                obstacle.isEmpty(), () -> "skipped: " + obstacle.orElseThrow().reason());
    }

    @Test
    void isZeroAndAlignedAndAllWritable() {
        try (Arena arena = Arena.ofConfined()) {
            for (long bytes : new long[] {0, 1, 63, 4096, 4097, HUGE - 1, HUGE, HUGE + 1, 5 * HUGE + 77}) {
                MemorySegment memory = NativeMemory.allocate(bytes, arena);
                assertThat(memory.byteSize()).isEqualTo(bytes);
                assertThat(memory.address() % (bytes >= HUGE ? HUGE : 4096)).isZero();
                assertThat(memory.mismatch(arena.allocate(bytes))).isEqualTo(-1);
                memory.fill((byte) 7);
            }
        }
    }

    @Test
    void goesWithItsArena() throws IOException {
        long bytes = 64 * HUGE;
        long before = mapped();
        try (Arena arena = Arena.ofConfined()) {
            NativeMemory.allocate(bytes, arena).fill((byte) 1);
            assertThat(mapped()).isGreaterThanOrEqualTo(before + bytes / 1024 / 2);
        }
        assertThat(mapped()).isLessThan(before + bytes / 1024 / 2);
    }

    @Test
    void moreThanThereIsIsRefusedInOneSentence() {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> NativeMemory.allocate(1L << 60, arena))
                    .isInstanceOf(CapacityException.class)
                    .hasMessageContaining("bytes of memory for packed weights");
        }
    }

    @Test
    void releasedPagesOfAFileAreReadAgain() throws IOException {
        byte[] content = new byte[3 * 4096 + 100];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31);
        }
        Path file = Files.write(folder.resolve("weights.bin"), content);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, content.length, arena);
            assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
            NativeMemory.release(mapped);
            NativeMemory.release(mapped.asSlice(100, 9000));
            assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
        }
    }

    /// Memory that is not a read-only mapping would lose what was written.
    @Test
    void releaseLeavesOtherMemoryAlone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = NativeMemory.allocate(3 * 4096, arena);
            memory.fill((byte) 9);
            NativeMemory.release(memory);
            NativeMemory.release(memory.asReadOnly());
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 5000)).isEqualTo((byte) 9);
        }
    }

    /// KiB that this process has in memory.
    private static long mapped() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String line =
                    lines.filter(one -> one.startsWith("VmRSS")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", ""));
        }
    }
}
