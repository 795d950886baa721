package dev.vivace.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a model took beside the time of a test.
///
/// @param loadNanos nanoseconds of loading it
/// @param peakBytes the most memory that this process had at once until the test ended, the pages of mapped files
///     among it; 0 where the system does not tell
public record BenchCost(long loadNanos, long peakBytes) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";
    private static final long KIB = 1024;

    /// The cost up to now of a model that took `loadNanos` to load.
    static BenchCost now(long loadNanos) {
        return new BenchCost(loadNanos, peak(STATUS));
    }

    /// The peak that a file of Linux's form tells.
    static long peak(Path status) {
        try {
            // Not UTF-8 for sure: a process may have any name.
            return !Files.isReadable(status)
                    ? 0
                    : Files.readAllLines(status, StandardCharsets.ISO_8859_1).stream()
                            .filter(line -> line.startsWith(PEAK))
                            .mapToLong(line -> KIB
                                    * Long.parseLong(line.substring(PEAK.length())
                                            .replace("kB", "")
                                            .strip()))
                            .findFirst()
                            .orElse(0);
        } catch (IOException | NumberFormatException e) {
            return 0; // a side figure is not worth failing for
        }
    }
}
