package dev.vivace.runtime;

import dev.vivace.kernel.Tasks;
import dev.vivace.kernel.Workers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Deals tasks out to the workers, one at a time. Not for the step: it allocates.
record WorkerTasks(Workers workers) implements Tasks {
    @Override
    public void run(int count, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        workers.run((worker, of) -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                task.accept(i);
            }
        });
    }
}
