package dev.vivace.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where and by which build something was measured.
///
/// @param version Vivace's version
/// @param cpu the processor's name
/// @param java the Java machine's version
public record BenchHost(String version, String cpu, String java) {
    /// This machine.
    ///
    /// @param version Vivace's version
    public static BenchHost here(String version) {
        return new BenchHost(version, cpuName(), Runtime.version().toString());
    }

    /// The name that Linux gives, else the kind of processor.
    private static String cpuName() {
        Path facts = Path.of("/proc/cpuinfo");
        try {
            List<String> lines = Files.isReadable(facts) ? Files.readAllLines(facts) : List.of();
            return lines.stream()
                    .filter(line -> line.startsWith("model name") && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch"); // a name is not worth failing for
        }
    }
}
