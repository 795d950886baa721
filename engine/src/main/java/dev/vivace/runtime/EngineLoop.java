package dev.vivace.runtime;

import dev.vivace.CancelledException;
import dev.vivace.CapacityException;
import dev.vivace.VivaceException;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Results;
import dev.vivace.seam.Scheduling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Runs everybody's steps on one thread: requests of many sessions share each step. Safe for all threads.
public final class EngineLoop implements AutoCloseable {
    private final Decoder decoder;
    private final Lock turn;
    private final Scheduling scheduling;
    private final ConcurrentLinkedQueue<LiveRequest> arrivals = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> errands = new ConcurrentLinkedQueue<>();
    private final List<LiveRequest> prefilling = new ArrayList<>();
    private final List<LiveRequest> decoding = new ArrayList<>();
    private final Batch batch = new Batch();
    private final BudgetBook budgets = new BudgetBook();
    private final DecodingGroups groups = new DecodingGroups();
    private final Thread thread;
    private volatile boolean closed;
    private boolean ended;
    private double rowsPerSecond;

    /// A loop over the steps of `decoder`, which the caller closes after this.
    ///
    /// @param turn held while a step or errand runs; decoders that share workers share it, since those run one
    ///     job at a
    ///     time. Best a fair one
    public EngineLoop(Decoder decoder, Lock turn) {
        this.decoder = decoder;
        this.turn = turn;
        this.scheduling = Parts.last(decoder.modelParts(), Scheduling.class, new ContinuousBatching());
        this.thread = Thread.ofPlatform().daemon().name("vivace-engine").start(this::loop);
    }

    /// Takes a request up; its listener hears the rest.
    public void submit(LiveRequest request) {
        if (queue(() -> arrivals.add(request))) {
            wake();
        } else {
            request.listener().failed(new CancelledException("the model was closed"));
        }
    }

    /// Queues something unless the loop has ended.
    private synchronized boolean queue(Runnable adding) {
        if (!ended) {
            adding.run();
        }
        return !ended;
    }

    /// Runs `work` between two steps and returns what it gives: whatever else needs the model's runners or
    /// sequences.
    ///
    /// @throws CancelledException if the loop has ended
    public <T> T call(Supplier<T> work) {
        if (Thread.currentThread() == thread) {
            return work.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable errand = () -> {
            try {
                answer.complete(work.get());
            } catch (RuntimeException | Error failure) {
                answer.completeExceptionally(failure);
            }
        };
        if (!queue(() -> errands.add(errand))) {
            throw new CancelledException("the model was closed");
        }
        wake();
        try {
            return answer.join();
        } catch (java.util.concurrent.CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /// Cancels a request soon.
    public void cancel(LiveRequest request) {
        request.cancel();
        wake();
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void loop() {
        while (!closed) {
            runErrands();
            for (LiveRequest next = arrivals.poll(); next != null; next = arrivals.poll()) {
                prefilling.add(next);
            }
            dropCancelled(prefilling);
            dropCancelled(decoding);
            if (!prefilling.isEmpty() || !decoding.isEmpty()) {
                turn.lock();
                try {
                    step();
                } finally {
                    turn.unlock();
                }
            } else if (arrivals.isEmpty() && errands.isEmpty() && !closed) {
                LockSupport.park(this);
            }
        }
        synchronized (this) {
            ended = true;
        }
        runErrands();
        prefilling.addAll(arrivals);
        failAll(new CancelledException("the model was closed"));
    }

    private void runErrands() {
        for (Runnable errand = errands.poll(); errand != null; errand = errands.poll()) {
            turn.lock();
            try {
                errand.run();
            } finally {
                turn.unlock();
            }
        }
    }

    private static void dropCancelled(List<LiveRequest> requests) {
        for (int i = requests.size() - 1; i >= 0; i--) {
            if (requests.get(i).isCancelled()) {
                LiveRequest request = requests.remove(i);
                request.listener().finished(LiveRequest.Ending.CANCELLED);
            }
        }
    }

    private void step() {
        long start = System.nanoTime();
        try {
            plan();
            batch.clear();
            groups.propose(decoding, batch);
            for (int i = 0; i < prefilling.size(); i++) {
                LiveRequest request = prefilling.get(i);
                if (request.prefillBudget() > 0) {
                    request.job().next(request.prefillBudget(), batch);
                }
            }
            Results results = runSteps();
            long sampling = decoder.profileStart();
            deliver(results);
            decoder.profileEnd(StepProfile.Operation.SAMPLE, sampling);
            double seconds = Math.max(1e-9, (System.nanoTime() - start) * 1e-9);
            rowsPerSecond = 0.9 * rowsPerSecond + 0.1 * batch.rows() / seconds;
        } catch (CapacityException full) {
            shed(full);
        } catch (RuntimeException failure) {
            failAll(failure);
        } catch (Error failure) {
            failAll(new IllegalStateException("the step failed: " + failure, failure));
        }
    }

    private Results runSteps() {
        LiveRequest any = decoding.isEmpty() ? prefilling.getFirst() : decoding.getFirst();
        return any.runner().run(batch);
    }

    private void plan() {
        for (int i = 0; i < prefilling.size(); i++) {
            prefilling.get(i).rest();
        }
        for (int i = 0; i < decoding.size(); i++) {
            decoding.get(i).rest();
        }
        long free = decoder.budget().freeBytes() / Math.max(1, decoder.cacheBytesPerToken() * 64);
        Scheduling.Load load = new Scheduling.Load(prefilling.size(), decoding.size(), free, rowsPerSecond);
        scheduling.plan(load, prefilling, decoding, budgets);
        List<LiveRequest> preempted = budgets.preempted();
        for (int i = 0; i < preempted.size(); i++) {
            LiveRequest request = preempted.get(i);
            if (decoding.remove(request)) {
                request.preempt();
                prefilling.add(request);
            }
        }
    }

    private void deliver(Results results) {
        int running = decoding.size();
        for (int i = 0; i < prefilling.size(); i++) {
            LiveRequest request = prefilling.get(i);
            if (request.prefillBudget() > 0 && isStored(request, results)) {
                prefilling.remove(i--);
            }
        }
        for (int i = running - 1; i >= 0; i--) {
            LiveRequest request = decoding.get(i);
            if (!request.rests() && !goesOn(request, results)) {
                decoding.remove(i);
            }
        }
    }

    /// Whether the prompt is stored by now; then the request decodes, or has ended. What fails here is the
    /// request's own (its sampling, its text): the others go on.
    private boolean isStored(LiveRequest request, Results results) {
        try {
            int row = request.job().take(results);
            if (row < 0) {
                return false;
            }
            request.prefilled();
            begin(request, results, row);
        } catch (RuntimeException own) {
            fail(request, own);
        }
        return true;
    }

    /// Whether the request wants another step after this one; fails alone, as in [#isStored].
    private static boolean goesOn(LiveRequest request, Results results) {
        try {
            request.accepted().clear();
            request.runner().parts().decoding().accept(results, request, request.accepted());
            return handOver(request, results);
        } catch (RuntimeException own) {
            fail(request, own);
            return false;
        }
    }

    private void begin(LiveRequest request, Results results, int row) {
        if (request.isDone()) {
            request.listener().finished(LiveRequest.Ending.LENGTH);
            return;
        }
        request.accepted().clear();
        request.runner().parts().decoding().begin(results, row, request, request.accepted());
        if (handOver(request, results)) {
            decoding.add(request);
        }
    }

    /// Tells the listener of the accepted tokens; returns whether the request goes on.
    private static boolean handOver(LiveRequest request, Results results) {
        for (int i = 0; i < request.accepted().count(); i++) {
            int token = request.accepted().token(i);
            request.made(token);
            request.sampler().accept(token);
            if (!request.listener().token(token, results, request.accepted().row(i))) {
                request.listener().finished(LiveRequest.Ending.STOPPED);
                return false;
            }
            if (request.isDone()) {
                request.listener().finished(LiveRequest.Ending.LENGTH);
                return false;
            }
        }
        return true;
    }

    /// The cache is full: the youngest request in the step fails, the others go on.
    private void shed(CapacityException full) {
        List<LiveRequest> from = prefilling.isEmpty() ? decoding : prefilling;
        LiveRequest victim = from.removeLast();
        victim.listener().failed(full);
        prefilling.forEach(LiveRequest::restartPrefill);
    }

    private void failAll(RuntimeException failure) {
        List<LiveRequest> all = new ArrayList<>(prefilling);
        all.addAll(decoding);
        prefilling.clear();
        decoding.clear();
        for (LiveRequest request : all) {
            fail(request, failure);
        }
    }

    private static void fail(LiveRequest request, RuntimeException failure) {
        request.listener()
                .failed(
                        failure instanceof VivaceException
                                ? failure
                                : new IllegalStateException("the step failed: " + failure, failure));
    }

    /// Ends the thread; requests on their way fail. Idempotent.
    @Override
    public void close() {
        closed = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
