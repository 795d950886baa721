package dev.vivace.kernel.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mem;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CodeMemoryTest {
    /// A line of `/proc/self/maps`.
    ///
    /// @param from first address
    /// @param to address behind the last
    /// @param access `r-xp` and the like
    private record Mapping(long from, long to, String access) {
        private static final Pattern LINE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S+)");

        static List<Mapping> all() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                    .map(LINE::matcher)
                    .filter(Matcher::lookingAt)
                    .map(line -> new Mapping(
                            Long.parseUnsignedLong(line.group(1), 16),
                            Long.parseUnsignedLong(line.group(2), 16),
                            line.group(3)))
                    .toList();
        }

        static Optional<Mapping> at(long address) throws IOException {
            return all().stream()
                    .filter(one ->
                            Long.compareUnsigned(one.from, address) <= 0 && Long.compareUnsigned(address, one.to) < 0)
                    .findFirst();
        }
    }

    @BeforeEach
    void onlyWhereCodeIsEmitted() {
        Optional<Machine.Obstacle> obstacle = Machine.here().obstacle();
        assumeTrue(
                obstacle.isEmpty(), () -> "skipped: " + obstacle.orElseThrow().reason());
    }

    @Test
    void codeIsNeverWritableAndAGuardPageFollows() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (int instructions : new int[] {1, 4094, 4095, 4096, 10_000}) {
                MemorySegment code = CodeMemory.load(returns(instructions), arena);
                long end = code.address() + code.byteSize();
                assertThat(code.address() % 4096).isZero();
                assertThat(Mapping.at(code.address()).orElseThrow().access()).isEqualTo("r-xp");
                assertThat(Mapping.at(end - 1).orElseThrow().access()).isEqualTo("r-xp");
                assertThat(Mapping.at(end).orElseThrow().access()).isEqualTo("---p");
                assertThatThrownBy(() -> code.get(ValueLayout.JAVA_BYTE, code.byteSize()))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void codeGoesWithItsArena() throws IOException {
        long address;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = CodeMemory.load(returns(5000), arena);
            address = code.address();
            assertThat(Mapping.at(address)).isPresent();
        }
        Optional<Mapping> after = Mapping.at(address);
        assertThat(after.map(Mapping::access)).isNotEqualTo(Optional.of("r-xp"));
    }

    @Test
    void argumentsArriveInTheirRegistersAndConstantsAreFound() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(56, 8);
            Assembler a = new Assembler("arguments");
            Gpr[] order = {Gpr.RDI, Gpr.RSI, Gpr.RDX, Gpr.RCX, Gpr.R8, Gpr.R9};
            for (int i = 0; i < order.length; i++) {
                a.mov(Mem.at(Gpr.RDI, 8 * i), order[i]);
            }
            a.mov32(Gpr.RAX, a.words(0x12345678));
            a.mov(Mem.at(Gpr.RDI, 48), Gpr.RAX);
            a.ret();
            Kernel kernel = new Kernel(a::finish);
            kernel.call(out.address(), 2, -3, Long.MIN_VALUE, 5, 6);
            assertThat(out.toArray(ValueLayout.JAVA_LONG))
                    .containsExactly(out.address(), 2, -3, Long.MIN_VALUE, 5, 6, 0x12345678);
        }
    }

    @Test
    void theProcessorNamesItself() {
        Cpu cpu = Machine.here().cpu();
        assertThat(cpu.name()).isNotBlank();
        assertThat(cpu.model().id()).matches("[A-Za-z0-9]+-\\d+-\\d+-\\d+");
        assertThat(cpu.caches().first()).isBetween(8L << 10, 1L << 20);
        assertThat(cpu.caches().second()).isGreaterThanOrEqualTo(cpu.caches().first());
    }

    /// Asked of Linux, which reads the processor itself.
    @Test
    void agreesWithTheSystemOnWhatTheProcessorHas() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
        List<String> flags = List.of(lines.stream()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .orElseThrow()
                .split("\\s+"));
        Cpu cpu = Machine.here().cpu();
        assertThat(lines).anyMatch(line -> line.startsWith("model name") && line.endsWith(": " + cpu.name()));
        assertThat(lines)
                .anyMatch(line -> line.startsWith("cpu family")
                        && line.endsWith(": " + cpu.model().family()));
        assertThat(lines)
                .anyMatch(line -> line.matches("model\\s+: " + cpu.model().number()));
        assertThat(lines)
                .anyMatch(line -> line.matches("stepping\\s+: " + cpu.model().stepping()));
        assertThat(cpu.avx2()).isEqualTo(flags.containsAll(List.of("avx2", "fma", "f16c", "bmi2")));
        assertThat(cpu.avx512())
                .isEqualTo(flags.containsAll(List.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx2")));
        assertThat(cpu.vnni()).isEqualTo(cpu.avx512() && flags.contains("avx512_vnni"));
        assertThat(cpu.bf16()).isEqualTo(cpu.avx512() && flags.contains("avx512_bf16"));
        assertThat(cpu.avxVnni()).isEqualTo(flags.contains("avx_vnni"));
        assertThat(cpu.amx()).isEqualTo(cpu.avx512() && flags.containsAll(List.of("amx_tile", "amx_int8", "amx_bf16")));
    }

    private static Code returns(int count) {
        Assembler a = new Assembler("returns");
        for (int i = 0; i < count; i++) {
            a.ret();
        }
        return a.finish();
    }
}
