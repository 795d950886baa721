package dev.vivace.kernel.x86;

import dev.vivace.UnsupportedException;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The machine this process runs on, where that is Linux on x86-64; elsewhere it says so, and touches nothing.
/// Confined to one thread.
final class LinuxMachine implements Machine {
    /// The system call `arch_prctl`, its request for permission, and the tiles' number among processor states.
    private static final int ARCH_PRCTL = 158;

    private static final int REQUEST_PERMISSION = 0x1023;
    private static final int TILE_DATA = 18;

    private final String system;
    private final String processor;
    private @Nullable Cpu cpu;
    private @Nullable Obstacle obstacle;

    /// @param system its name as Java has it
    /// @param processor the architecture as Java has it
    LinuxMachine(String system, String processor) {
        this.system = system;
        this.processor = processor.toLowerCase(Locale.ROOT);
    }

    @Override
    public Optional<Obstacle> obstacle() {
        if (cpu == null && obstacle == null) {
            look();
        }
        return Optional.ofNullable(obstacle);
    }

    private void look() {
        if (!processor.equals("amd64") && !processor.equals("x86_64")) {
            obstacle = new Obstacle("machine code is emitted for x86-64, this is " + processor, false);
            return;
        }
        if (!system.equals("Linux")) {
            obstacle = new Obstacle("machine code is emitted on Linux, this is " + system, false);
            return;
        }
        try {
            // The mildest call that Java may forbid, so that the class of the others is not lost by its failure.
            MemorySegment ignored = MemorySegment.NULL.reinterpret(0);
            cpu = Cpu.ofThisMachine();
        } catch (IllegalCallerException forbidden) {
            obstacle =
                    new Obstacle("Java forbids native access; start it with --enable-native-access=ALL-UNNAMED", true);
        } catch (UnsupportedException denied) {
            obstacle = new Obstacle(String.valueOf(denied.getMessage()), true);
        } catch (LinkageError missing) {
            obstacle = new Obstacle("the C library lacks a function that emitted code needs", true);
        }
    }

    @Override
    public Cpu cpu() {
        obstacle();
        if (cpu == null) {
            throw new IllegalStateException("there is an obstacle: " + obstacle);
        }
        return cpu;
    }

    @Override
    public Optional<Obstacle> tiles() {
        return Native.system(ARCH_PRCTL, REQUEST_PERMISSION, TILE_DATA) == 0
                ? Optional.empty()
                : Optional.of(new Obstacle("the system denies this process the tiles of AMX", true));
    }
}
