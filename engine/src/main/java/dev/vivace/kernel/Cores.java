package dev.vivace.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Counts the physical cores that this process may run on, from what Linux tells in text files; elsewhere every
/// processor counts as a core.
///
/// @param cpus the folder of the processors' topology, `/sys/devices/system/cpu`
/// @param status the process's status, `/proc/self/status`, for the processors it is allowed on
/// @param processors processors by affinity and quota, the upper bound
record Cores(Path cpus, Path status, int processors) {
    private static final String ALLOWED = "Cpus_allowed_list:";

    /// More processors than any machine has; a damaged list must not make us loop.
    private static final int MOST = 1 << 14;

    static Cores ofThisMachine() {
        return new Cores(
                Path.of("/sys/devices/system/cpu"),
                Path.of("/proc/self/status"),
                Runtime.getRuntime().availableProcessors());
    }

    /// Physical cores, in `1..processors`; `processors` where the files are missing or odd.
    int physical() {
        try {
            Set<String> cores = new HashSet<>();
            for (int cpu : allowed()) {
                cores.add(siblings(cpu));
            }
            return cores.isEmpty() ? processors : Math.clamp(cores.size(), 1, processors);
        } catch (IOException | NumberFormatException | SecurityException e) {
            return processors;
        }
    }

    /// Hardware threads of one core all name the same list.
    private String siblings(int cpu) throws IOException {
        return Files.readString(cpus.resolve("cpu" + cpu + "/topology/thread_siblings_list"))
                .strip();
    }

    private List<Integer> allowed() throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(ALLOWED)) {
                return list(line.substring(ALLOWED.length()).strip());
            }
        }
        return List.of();
    }

    /// `0-3,8,10-11` as numbers.
    private static List<Integer> list(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
            if (first < 0 || last < first || last >= MOST) {
                throw new NumberFormatException(part);
            }
            for (int i = first; i <= last; i++) {
                numbers.add(i);
            }
        }
        return numbers;
    }
}
