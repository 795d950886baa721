package dev.vivace.lab;

import dev.vivace.runtime.StepProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Adds up what the operations of steps take. The thread that runs steps writes, others read between steps.
final class RooflineRecorder implements StepProfile {
    private static final Operation[] OPERATIONS = Operation.values();

    private final long[] calls = new long[OPERATIONS.length];
    private final long[] nanos = new long[OPERATIONS.length];
    private final long[] bytes = new long[OPERATIONS.length];
    private final long[] operations = new long[OPERATIONS.length];
    private int skip;
    private boolean skipping;

    /// What one operation took in all.
    ///
    /// @param operation the operation
    /// @param calls how often it ran
    /// @param nanos time
    /// @param bytes what it had to read at least
    /// @param operations multiplications and additions
    record Sum(Operation operation, long calls, long nanos, long bytes, long operations) {}

    /// Passes over the next `steps` steps.
    synchronized void skip(int steps) {
        skip = steps;
    }

    /// Forgets everything.
    synchronized void clear() {
        for (long[] sums : List.of(calls, nanos, bytes, operations)) {
            Arrays.fill(sums, 0);
        }
    }

    @Override
    public synchronized void add(Operation operation, long spent, long read, long calculated) {
        // A step begins with its embeddings.
        if (operation == Operation.EMBEDDING && skip > 0) {
            skip--;
            skipping = true;
        } else if (operation == Operation.EMBEDDING) {
            skipping = false;
        }
        if (!skipping) {
            int i = operation.ordinal();
            calls[i]++;
            nanos[i] += spent;
            bytes[i] += read;
            operations[i] += calculated;
        }
    }

    /// The operations that ran, in the order of a step.
    synchronized List<Sum> sums() {
        List<Sum> sums = new ArrayList<>();
        for (Operation each : OPERATIONS) {
            int i = each.ordinal();
            if (calls[i] > 0) {
                sums.add(new Sum(each, calls[i], nanos[i], bytes[i], operations[i]));
            }
        }
        return sums;
    }
}
