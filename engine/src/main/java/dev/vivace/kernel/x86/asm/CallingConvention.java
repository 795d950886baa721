package dev.vivace.kernel.x86.asm;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the System V convention asks of a kernel, read from its listing: registers that belong to the caller come back
/// as they were, the stack too, and no upper half of a vector stays behind (Java's own SSE code would slow down).
/// Reading goes line by line, so each way out has to restore by itself what was saved before it.
public final class CallingConvention {
    private static final Set<Gpr> CALLERS = EnumSet.of(Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15);
    private static final Set<String> READ_ONLY = Set.of("cmp", "test", "push");

    private final List<Gpr> saved = new ArrayList<>();
    private final List<Gpr> restored = new ArrayList<>();
    private boolean upperHalves;
    private int exits;

    private CallingConvention() {}

    /// The first breach in one sentence; empty where there is none.
    public static Optional<String> breach(Code code) {
        CallingConvention reader = new CallingConvention();
        for (Code.Line line : code.lines()) {
            Optional<String> breach = reader.read(line);
            if (breach.isPresent()) {
                return breach.map(
                        what -> code.name() + " at " + Integer.toHexString(line.offset()) + ", " + line + ": " + what);
            }
        }
        return reader.exits == 0 ? Optional.of(code.name() + " never returns") : Optional.empty();
    }

    private Optional<String> read(Code.Line line) {
        if (line.mnemonic().equals("ret")) {
            exits++;
            return exit();
        }
        if (line.mnemonic().equals("vzeroupper")) {
            upperHalves = false;
        }
        upperHalves |= line.operands().stream().anyMatch(operand -> operand instanceof Vec vec && vec.bits() > 128);
        if (line.operands().isEmpty() || !(line.operands().getFirst() instanceof Gpr register)) {
            return Optional.empty();
        }
        switch (line.mnemonic()) {
            case "push" -> saved.add(register);
            case "pop" -> restored.add(register);
            default -> {
                if (CALLERS.contains(register) && !saved.contains(register) && !READ_ONLY.contains(line.mnemonic())) {
                    return Optional.of(register + " belongs to the caller and was not saved");
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> exit() {
        List<Gpr> back = List.copyOf(restored.reversed());
        restored.clear();
        if (!back.equals(saved)) {
            return Optional.of("saved " + saved + " and restored " + back);
        }
        boolean stays = upperHalves;
        upperHalves = false;
        return stays ? Optional.of("no VZEROUPPER after the last vector") : Optional.empty();
    }
}
