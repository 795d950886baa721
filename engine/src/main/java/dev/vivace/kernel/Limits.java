package dev.vivace.kernel;

import dev.vivace.kernel.x86.EmittedLimits;
import dev.vivace.kernel.x86.NativeMemory;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What this machine gives at most, measured on the spot with a number of threads: how fast it reads memory and
/// how fast it multiplies and adds. Nothing that an engine does can be faster, so a share of a limit says what is
/// left to gain, on any machine.
///
/// Measured by code that Java emits where that is possible, else by plain loops, which may stay behind. Owns its
/// threads. For one thread at a time.
public final class Limits implements AutoCloseable {
    /// A peak is the best of runs for this long: what disturbs a run only makes it slower.
    private static final long PEAK_NANOS = 50_000_000;

    /// A rate of reading is a mean over this long, the best of several. Single passes would not do: memory that many
    /// machines share gives twice its rate now and then, for a millisecond, and no engine can live on that.
    private static final long READ_NANOS = 60_000_000;

    private static final int READ_TURNS = 2;

    /// Plain loops get more turns: in the first ones they may not be compiled yet.
    private static final int PLAIN_READ_TURNS = 10;

    /// A run of arithmetic lasts this long at least: threads that had to be woken miss little of it.
    private static final long RUN_NANOS = 1_000_000;

    private static final int FEWEST_ROUNDS = 1000;

    private static final double NANOS = 1e9;

    private final Workers workers;
    private final @Nullable EmittedLimits emitted;
    private final PlainLimits plain = new PlainLimits();

    /// @param threads threads that read and calculate together
    /// @param ceiling the level of machine that may be used
    public Limits(int threads, Isa ceiling) {
        this.emitted = EmittedLimits.of(KernelLevels.best(ceiling).kernels()).orElse(null);
        this.workers = Workers.of(threads);
    }

    /// Whether emitted code measures; plain loops do otherwise.
    public boolean isEmitted() {
        return emitted != null;
    }

    /// Threads that read and calculate together.
    public int threads() {
        return workers.threads();
    }

    /// Bytes per second of reading a buffer of `bytes` bytes again and again, each thread a part of its own, by the
    /// best of a few orders of reading. A buffer larger than the caches comes from memory each time, as weights do.
    ///
    /// @param bytes 4096 at least
    public double readRate(long bytes) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment buffer =
                    emitted != null ? NativeMemory.allocate(bytes, arena) : arena.allocate(bytes, Matrix.ALIGNMENT);
            // Pages that nobody wrote are all the same page.
            workers.run((worker, of) -> share(buffer, worker, of).fill((byte) 1));
            double best = 0;
            int ways = emitted != null ? EmittedLimits.WAYS : 1;
            int turns = emitted != null ? READ_TURNS * ways : PLAIN_READ_TURNS;
            for (int turn = 0; turn < turns; turn++) {
                int way = turn % ways;
                best = Math.max(best, bytes * NANOS / meanNanos((worker, of) -> read(share(buffer, worker, of), way)));
            }
            return best;
        }
    }

    private double meanNanos(Workers.Job job) {
        int runs = 0;
        long start = System.nanoTime();
        long spent;
        do {
            workers.run(job);
            runs++;
            spent = System.nanoTime() - start;
        } while (spent < READ_NANOS);
        return (double) spent / runs;
    }

    private static MemorySegment share(MemorySegment buffer, int worker, int of) {
        long lines = buffer.byteSize() / Matrix.ALIGNMENT;
        long from = lines * worker / of * Matrix.ALIGNMENT;
        long to = worker + 1 == of ? buffer.byteSize() : lines * (worker + 1) / of * Matrix.ALIGNMENT;
        return buffer.asSlice(from, to - from);
    }

    private void read(MemorySegment part, int way) {
        if (emitted != null) {
            emitted.read(part, way);
        } else {
            plain.read(part);
        }
    }

    /// Operations per second, a multiplication and an addition counted as two; empty where this machine has no such
    /// unit, or none that can be measured.
    public Optional<Double> peak(Arithmetic arithmetic) {
        long operations = emitted != null
                ? emitted.operationsPerRound(arithmetic)
                : arithmetic == Arithmetic.F32 ? PlainLimits.OPERATIONS_PER_ROUND : 0;
        if (operations == 0) {
            return Optional.empty();
        }
        int rounds = rounds(arithmetic);
        long nanos = bestNanos((worker, of) -> calculate(arithmetic, rounds));
        return Optional.of((double) operations * rounds * threads() * NANOS / nanos);
    }

    private int rounds(Arithmetic arithmetic) {
        int rounds = FEWEST_ROUNDS;
        long start;
        do {
            rounds *= 2;
            start = System.nanoTime();
            calculate(arithmetic, rounds);
        } while (System.nanoTime() - start < RUN_NANOS);
        return rounds;
    }

    private void calculate(Arithmetic arithmetic, int rounds) {
        if (emitted != null) {
            emitted.calculate(arithmetic, rounds);
        } else {
            plain.calculate(rounds);
        }
    }

    private long bestNanos(Workers.Job job) {
        long best = Long.MAX_VALUE;
        long start = System.nanoTime();
        do {
            long from = System.nanoTime();
            workers.run(job);
            best = Math.min(best, System.nanoTime() - from);
        } while (System.nanoTime() - start < PEAK_NANOS);
        return Math.max(1, best);
    }

    @Override
    public void close() {
        workers.close();
    }
}
