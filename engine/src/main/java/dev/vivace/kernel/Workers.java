package dev.vivace.kernel;

/// A pool of worker threads that run one job at a time in parallel slices: placeholder signature, see the kernels work.
public interface Workers extends AutoCloseable {
    /// A job cut into as many slices as there are workers.
    interface Job {
        /// Runs slice `worker` of `workers`.
        void run(int worker, int workers);
    }

    /// How many slices [#run] makes, at least 1.
    int threads();

    /// Runs every slice and returns when all are done; the caller runs slice 0. An error of a slice is thrown here
    /// after all have stopped.
    void run(Job job);

    /// Ends the threads; idempotent.
    @Override
    void close();
}
