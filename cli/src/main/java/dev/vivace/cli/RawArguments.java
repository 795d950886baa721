package dev.vivace.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Arguments as the user typed them. Where no locale is set Java reads arguments as ASCII and every other character is
/// lost; on Linux the bytes are still to be had, and they are UTF-8 nearly always.
final class RawArguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private RawArguments() {}

    /// `arguments`, with what Java could not read restored where that is possible.
    static String[] restore(String[] arguments) {
        boolean damaged = Arrays.stream(arguments).anyMatch(argument -> argument.indexOf('\uFFFD') >= 0);
        if (!damaged || !Files.isReadable(COMMAND_LINE)) {
            return arguments;
        }
        try {
            return restore(arguments, Files.readAllBytes(COMMAND_LINE));
        } catch (IOException _) {
            return arguments;
        }
    }

    /// The last arguments of `commandLine`, each ended by a zero byte; `arguments` where there are fewer or where they
    /// do not fit what Java could read.
    static String[] restore(String[] arguments, byte[] commandLine) {
        List<String> all = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < commandLine.length; i++) {
            if (commandLine[i] == 0) {
                all.add(new String(commandLine, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        if (all.size() < arguments.length) {
            return arguments;
        }
        List<String> last = all.subList(all.size() - arguments.length, all.size());
        for (int i = 0; i < arguments.length; i++) {
            boolean readable = arguments[i].indexOf('\uFFFD') < 0;
            if (readable && !arguments[i].equals(last.get(i))) {
                return arguments;
            }
        }
        return last.toArray(String[]::new);
    }
}
