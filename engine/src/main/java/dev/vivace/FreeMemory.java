package dev.vivace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// How much memory this process may still take: what the system calls available, and what its container leaves.
final class FreeMemory {
    private FreeMemory() {}

    static long bytes() {
        long available = available().orElse(Runtime.getRuntime().maxMemory());
        long left = containerLimit().orElse(Long.MAX_VALUE);
        return Math.min(available, left);
    }

    /// `MemAvailable` of Linux: free pages and those that can be freed at once.
    private static OptionalLong available() {
        for (String line : lines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemAvailable:") && line.endsWith(" kB")) {
                OptionalLong kib = number(line.substring("MemAvailable:".length(), line.length() - 3)
                        .strip());
                return kib.isPresent() ? OptionalLong.of(kib.getAsLong() * 1024) : kib;
            }
        }
        return OptionalLong.empty();
    }

    /// The control group's limit less what it has taken; pages of files can be dropped and do not count.
    private static OptionalLong containerLimit() {
        Path group = Path.of("/sys/fs/cgroup");
        OptionalLong limit = first(group.resolve("memory.max"));
        OptionalLong used = first(group.resolve("memory.current"));
        if (limit.isEmpty() || used.isEmpty()) {
            return OptionalLong.empty();
        }
        long cachedFiles = 0;
        for (String line : lines(group.resolve("memory.stat"))) {
            if (line.startsWith("active_file ") || line.startsWith("inactive_file ")) {
                cachedFiles += number(line.substring(line.indexOf(' ') + 1)).orElse(0);
            }
        }
        return OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong() + cachedFiles));
    }

    private static OptionalLong first(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? OptionalLong.empty() : number(lines.getFirst().strip());
    }

    /// A number of 1 to 18 digits.
    private static OptionalLong number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 18;
        for (int i = 0; i < text.length() && digits; i++) {
            digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return digits ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of(); // not this kind of system: the caller has a fallback
        }
    }
}
