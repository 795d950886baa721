package dev.vivace.kernel.x86;

import java.util.Optional;

/// What emitted code asks of the machine it is to run on. Tests hand in one that refuses.
public interface Machine {
    /// Why something does not run.
    ///
    /// @param reason in plain words, to stand after a colon or alone
    /// @param removable whether the processor could and something else forbids it: worth a line to the user
    record Obstacle(String reason, boolean removable) {}

    /// This machine. Nothing native is touched before it is asked something.
    static Machine here() {
        return on(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    /// As [#here], had Java these names for the system and the processor's architecture.
    static Machine on(String system, String architecture) {
        return new LinuxMachine(system, architecture);
    }

    /// Why no code can be emitted at all; empty where it can.
    Optional<Obstacle> obstacle();

    /// The processor. Only where there is no [#obstacle].
    Cpu cpu();

    /// Asks the system for the tiles of AMX, which processes have to be granted. Why it refuses; empty where it
    /// grants them. Only where the processor has them.
    Optional<Obstacle> tiles();
}
