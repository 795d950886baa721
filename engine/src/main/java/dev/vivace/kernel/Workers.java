package dev.vivace.kernel;

import dev.vivace.OptionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A pool of worker threads that run one job at a time in parallel slices. The caller of [#run] runs slice 0;
/// the other slices run on daemon threads that live until [#close], or on the caller. Each slice runs once, so
/// what belongs to a slice (its scratch) needs no guard, but the next time it may be another thread's turn.
///
/// A run costs no allocation and takes no lock: the caller publishes a job by raising a ticket, each worker
/// that sees the new ticket claims its slice, runs it and counts down. When the caller is done with slice 0 it
/// runs what nobody has claimed yet, so that a thread that sleeps, or whose processor another process took,
/// delays nobody; who is stopped in the middle of a slice is left out of runs for a while. Whoever waits spins for a
/// short bounded time, since the next job of a step usually follows
/// within microseconds, then parks; with more threads than processors it parks almost at once.
///
/// One job runs at a time: a [#run] inside a slice or beside another run is refused. Safe for use by different
/// caller threads one after another.
public final class Workers implements AutoCloseable {
    /// A job cut into as many slices as there are workers.
    public interface Job {
        /// Runs slice `worker` of `workers`; must not start another run of the same pool.
        void run(int worker, int workers);
    }

    private static final Job NOTHING = (worker, workers) -> {};

    private static final long SPIN_NANOS = 30_000;
    private static final long CROWDED_SPIN_NANOS = 500;

    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    /// A job runs and [#close] was called: the end of the run ends the threads.
    private static final int CLOSING = 2;
    private static final int CLOSED = 3;

    private static final VarHandle STATE = field("state", int.class);
    private static final VarHandle FAILURE = field("failure", Throwable.class);
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(int[].class);

    /// Words stand this many elements apart, so that no two share a cache line.
    private static final int APART = 32;

    private final Thread[] threads;
    private final Sleeper[] sleepers;
    private final long spinNanos;
    private final Absences absences;
    private final Sleeper callerSleeper = new Sleeper();
    private final Post post = new Post();

    /// How far each slice is, one word a slice: `2 n` while slice `i` of run `n` runs, `2 n + 1` when it has
    /// ended. Every run takes every slice through both, so one compare-and-set decides who runs it, and whoever
    /// comes late finds it taken.
    private final int[] words;

    private volatile int state;
    private volatile @Nullable Throwable failure;

    /// What workers wait for; apart from what only the caller touches, so that a look at it fetches the job
    /// too.
    private static final class Post {
        /// Raised once per run.
        private volatile int ticket;

        private Job job = NOTHING;
    }

    private Workers(int count) {
        spinNanos = count > Runtime.getRuntime().availableProcessors() ? CROWDED_SPIN_NANOS : SPIN_NANOS;
        absences = new Absences(count);
        threads = new Thread[count - 1];
        sleepers = new Sleeper[count - 1];
        words = new int[(count + 1) * APART];
        for (int i = 0; i < threads.length; i++) {
            int worker = i + 1;
            words[worker * APART] = 1;
            sleepers[i] = new Sleeper();
            threads[i] = Thread.ofPlatform()
                    .daemon()
                    .name("vivace-worker-" + worker)
                    .unstarted(() -> serve(worker, sleepers[worker - 1]));
        }
    }

    /// A pool of `threads` slices, `threads - 1` of them on threads of its own.
    ///
    /// @throws OptionException unless `1 <= threads <=` [#most]
    public static Workers of(int threads) {
        if (threads < 1 || threads > most()) {
            throw new OptionException("threads=" + threads + " is not in 1.." + most() + " (this process has "
                    + Runtime.getRuntime().availableProcessors() + " processors)");
        }
        Workers workers = new Workers(threads);
        for (Thread thread : workers.threads) {
            thread.start();
        }
        return workers;
    }

    /// The most threads [#of] takes: four for each processor, at least 16.
    public static int most() {
        return Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
    }

    /// Threads that make a good default: physical cores that this process may use (hardware threads of one core
    /// share its arithmetic units), at most what the container's quota grants, at least 1.
    public static int physicalCores() {
        return Cores.ofThisMachine().physical();
    }

    /// How many slices [#run] makes, at least 1.
    public int threads() {
        return threads.length + 1;
    }

    /// Runs every slice and returns when all are done. What a slice throws is thrown here after all slices have
    /// stopped; further throwables are attached as suppressed.
    ///
    /// @throws IllegalStateException when a job runs already (also from inside a slice) or the pool is closed
    public void run(Job job) {
        if (!STATE.compareAndSet(this, IDLE, RUNNING)) {
            throw new IllegalStateException(
                    state == CLOSED
                            ? "the workers are closed"
                            : "the workers already run a job; nested and concurrent runs are not possible");
        }
        Post posted = post;
        posted.job = job;
        int mine = posted.ticket + 1;
        long begun = absences.begin();
        for (int worker = 1; worker <= threads.length; worker++) {
            if (absences.has(worker)) {
                // Taken before the ticket is up: nobody else can have it.
                WORDS.setVolatile(words, worker * APART, 2 * mine);
            }
        }
        posted.ticket = mine;
        for (int worker = 1; worker <= threads.length; worker++) {
            if (!absences.has(worker)) {
                sleepers[worker - 1].wake();
            }
        }
        runSlice(job, 0);
        for (int worker = 1; worker <= threads.length; worker++) {
            if (absences.has(worker) || claim(worker, mine)) {
                runSlice(job, worker);
                end(worker, mine);
            }
        }
        for (int worker = 1; worker <= threads.length; worker++) {
            awaitSlice(worker, mine, begun);
        }
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
        }
        if (!STATE.compareAndSet(this, RUNNING, IDLE)) {
            state = CLOSED;
            wakeAll();
        }
        if (thrown != null) {
            throw Workers.<RuntimeException>unchecked(thrown);
        }
    }

    /// Ends the threads; idempotent. Waits for them, except while a job runs: then the end of that run ends
    /// them.
    @Override
    public void close() {
        while (!STATE.compareAndSet(this, IDLE, CLOSED)) {
            if (state == CLOSED) {
                break;
            }
            if (state == CLOSING || STATE.compareAndSet(this, RUNNING, CLOSING)) {
                return;
            }
        }
        wakeAll();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive() && thread != Thread.currentThread()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wakeAll() {
        for (Sleeper sleeper : sleepers) {
            sleeper.wake();
        }
    }

    private void serve(int worker, Sleeper sleeper) {
        int seen = 0;
        while (true) {
            int next = awaitTicket(seen, sleeper);
            if (next == seen) {
                return;
            }
            seen = next;
            Job job = post.job;
            if (claim(worker, next)) {
                runSlice(job, worker);
                end(worker, next);
                callerSleeper.wake();
            }
        }
    }

    /// Whether the calling thread is the one to run slice `worker` of run `mine`.
    private boolean claim(int worker, int mine) {
        int at = worker * APART;
        int before = 2 * mine - 1;
        return (int) WORDS.getAcquire(words, at) == before && WORDS.compareAndSet(words, at, before, 2 * mine);
    }

    private void end(int worker, int mine) {
        WORDS.setVolatile(words, worker * APART, 2 * mine + 1);
    }

    private boolean hasEnded(int worker, int mine) {
        return (int) WORDS.getVolatile(words, worker * APART) == 2 * mine + 1;
    }

    private void runSlice(Job job, int worker) {
        try {
            job.run(worker, threads.length + 1);
        } catch (Throwable t) {
            record(t);
        }
    }

    /// Waits until the ticket is no longer `seen` and returns it, or `seen` when the pool was closed.
    private int awaitTicket(int seen, Sleeper sleeper) {
        long until = 0;
        for (int i = 1; ; i++) {
            int now = post.ticket;
            if (now != seen) {
                return now;
            }
            Thread.onSpinWait();
            if ((i & 15) == 0) {
                // The pool closes only between runs, so a ticket raised before it closed has been served already.
                if (state == CLOSED) {
                    return post.ticket;
                }
                long time = System.nanoTime();
                if (until == 0) {
                    until = time + spinNanos;
                } else if (time - until > 0) {
                    sleeper.prepare();
                    if (post.ticket == seen && state != CLOSED) {
                        LockSupport.park(this);
                        // A park does not wait while the interrupt flag is up.
                        boolean ignored = Thread.interrupted();
                    }
                    sleeper.rise();
                    until = 0;
                }
            }
        }
    }

    /// Waits for slice `worker` of run `mine`, of which the caller began its own at `begun`.
    private void awaitSlice(int worker, int mine, long begun) {
        long from = 0;
        long until = 0;
        boolean interrupted = false;
        for (int i = 1; !hasEnded(worker, mine); i++) {
            Thread.onSpinWait();
            if ((i & 15) == 0) {
                long now = System.nanoTime();
                if (from == 0) {
                    from = now;
                    until = now + spinNanos;
                } else if (now - until > 0) {
                    callerSleeper.prepare();
                    if (!hasEnded(worker, mine)) {
                        LockSupport.park(this);
                        interrupted |= Thread.interrupted();
                    }
                    callerSleeper.rise();
                    until = System.nanoTime() + spinNanos;
                }
            }
        }
        // Whoever was waited for by spinning alone was not late.
        if (from != 0 && until - from > spinNanos) {
            absences.waited(worker, begun, from, System.nanoTime());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void record(Throwable t) {
        Throwable first = (Throwable) FAILURE.compareAndExchange(this, null, t);
        if (first != null && first != t) {
            first.addSuppressed(t);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Workers.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// The place where one waiting thread says that it is about to park. Waiter: `prepare`, look once more,
    /// park, `rise`. Waker: change what is waited for, then `wake`. Both sides write before they read, so one
    /// of them sees the other.
    private static final class Sleeper {
        private volatile @Nullable Thread sleeping;

        void prepare() {
            sleeping = Thread.currentThread();
        }

        void rise() {
            sleeping = null;
        }

        void wake() {
            Thread thread = sleeping;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }
}
