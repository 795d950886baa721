package dev.vivace.bench.kernel;

import dev.vivace.kernel.Arithmetic;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Limits;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What a kernel did in a second, and how much of what the machine gives at most on one thread that is. JMH adds up
/// the fields and divides them by the time.
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class KernelRates {
    /// Memory read at least, in GB.
    public double gigabytes;

    /// Multiplications and additions, in billions.
    public double gigaflops;

    /// Reading as much takes this part of the time: 1 is the limit of memory (above for what caches hold).
    public double memoryShare;

    /// Calculating as much at the fastest unit's peak takes this part of the time.
    public double peakShare;

    /// Made by JMH.
    public KernelRates() {}

    /// Forgets the last iteration.
    @Setup(Level.Iteration)
    public void reset() {
        gigabytes = 0;
        gigaflops = 0;
        memoryShare = 0;
        peakShare = 0;
    }

    void count(Work work) {
        gigabytes += work.gigabytes();
        gigaflops += work.gigaflops();
        memoryShare += work.readSeconds();
        peakShare += work.peakSeconds();
    }

    /// The work of one call.
    ///
    /// @param gigabytes read at least
    /// @param gigaflops multiplications and additions in billions
    /// @param readSeconds the least time for reading that
    /// @param peakSeconds the least time for calculating that
    record Work(double gigabytes, double gigaflops, double readSeconds, double peakSeconds) {}

    /// What this machine gives one thread at most.
    ///
    /// @param readRate bytes per second from memory
    /// @param peak operations per second of the fastest unit of a level
    record Machine(double readRate, double peak) {
        /// Larger than the caches of one thread.
        private static final long READ_BYTES = 96L << 20;

        /// For kernels that are not emitted the peak is that of the best level: the machine has it all the same.
        static Machine measure(Isa isa) {
            double read;
            try (Limits limits = new Limits(1, Isa.AMX)) {
                read = limits.readRate(READ_BYTES);
            }
            try (Limits limits = new Limits(1, isa.compareTo(Isa.VECTOR) > 0 ? isa : Isa.AMX)) {
                double peak = 0;
                for (Arithmetic unit : Arithmetic.values()) {
                    peak = Math.max(peak, limits.peak(unit).orElse(0.0));
                }
                return new Machine(read, peak);
            }
        }

        Work work(double bytes, double operations) {
            return new Work(bytes / 1e9, operations / 1e9, bytes / readRate, operations / peak);
        }
    }

    /// The kernels of exactly this level.
    static Kernels kernels(Isa isa) {
        Kernels kernels = KernelLevels.best(isa).kernels();
        if (kernels.isa() != isa) {
            throw new IllegalStateException("this machine has no " + isa);
        }
        return kernels;
    }

    /// Refuses to measure kernels that compute something else.
    static void require(String what, float actual, float expected, float tolerance) {
        if (!(Math.abs(actual - expected) <= tolerance)) {
            throw new IllegalStateException(what + ": " + actual + ", expected " + expected);
        }
    }
}
