package dev.vivace.lab;

import dev.vivace.kernel.Arithmetic;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.Limits;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.Names;
import java.util.EnumMap;
import java.util.Map;

/// What a machine gives a model at most, measured.
///
/// @param host the machine
/// @param threads threads that read and calculate together
/// @param isEmitted whether emitted code measured; plain loops may stay behind
/// @param weightBytes stored weights that a decoded token reads
/// @param readRate bytes per second of reading a buffer of as many bytes
/// @param peaks operations per second of the units that could be measured, a multiplication and an addition counted
///     as two
public record MachineLimits(
        BenchHost host,
        int threads,
        boolean isEmitted,
        long weightBytes,
        double readRate,
        Map<Arithmetic, Double> peaks) {
    private static final long LEAST_BYTES = 4096;

    /// Copies the map.
    public MachineLimits {
        peaks = Map.copyOf(peaks);
    }

    /// Measures for about a second.
    ///
    /// @param host the machine
    /// @param threads threads, 1 at least
    /// @param ceiling the level of machine that may be used
    /// @param checkpoint the model whose weights would be read
    public static MachineLimits measure(BenchHost host, int threads, Isa ceiling, Checkpoint checkpoint) {
        long bytes = Math.max(LEAST_BYTES, weightBytes(checkpoint));
        try (Limits limits = new Limits(threads, ceiling)) {
            double rate = limits.readRate(bytes);
            Map<Arithmetic, Double> peaks = new EnumMap<>(Arithmetic.class);
            for (Arithmetic unit : Arithmetic.values()) {
                limits.peak(unit).ifPresent(peak -> peaks.put(unit, peak));
            }
            return new MachineLimits(host, threads, limits.isEmitted(), bytes, rate, peaks);
        }
    }

    /// Bytes of the weights that a decoded token reads, as stored: all, but an embedding beside a head of its own, of
    /// which only one row is read.
    public static long weightBytes(Checkpoint checkpoint) {
        boolean head = checkpoint.tensor(Names.OUTPUT).isPresent();
        return checkpoint.tensors().stream()
                .filter(tensor -> !head || !tensor.name().equals(Names.EMBEDDING))
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
    }

    /// Operations per second of a unit; 0 where it was not measured.
    public double peak(Arithmetic unit) {
        return peaks.getOrDefault(unit, 0.0);
    }

    /// Tokens per second that no decoding of one sequence can exceed: each token reads all weights.
    public double tokensPerSecond() {
        return readRate / weightBytes;
    }
}
