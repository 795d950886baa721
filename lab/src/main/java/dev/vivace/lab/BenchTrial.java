package dev.vivace.lab;

/// Something that can be timed again and again.
interface BenchTrial extends AutoCloseable {
    /// Runs once and returns the nanoseconds that count.
    ///
    /// @param repetition which run this is; each has tokens of its own
    long run(int repetition);

    @Override
    void close();
}
