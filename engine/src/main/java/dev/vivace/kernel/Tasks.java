package dev.vivace.kernel;

import java.util.function.IntConsumer;

/// Runs the tasks of a large piece of work, several at a time where it can.
public interface Tasks {
    /// One after another on the calling thread.
    Tasks ALONE = (count, task) -> {
        for (int i = 0; i < count; i++) {
            task.accept(i);
        }
    };

    /// Runs `task` once for each of `0..count)`, in any order, on any threads; returns when all have ended. What a
    /// task throws is thrown here.
    void run(int count, IntConsumer task);
}
