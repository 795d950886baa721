package dev.vivace.cli;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;

/// Standard error as the launcher hands it over.
///
/// The launcher reads the Java machine's own messages through a pipe, to take out the one about the incubator module.
/// What
/// the program writes must not pass through that pipe: a terminal would stop being one, and lines could come late. So
/// the
/// launcher names the real standard error in the system property `vivace.stderr`.
final class Stderr {
    private Stderr() {}

    /// Sends `System.err` to the real standard error; without the property, or where it cannot be opened (it is a
    /// socket), nothing changes.
    static void restore() {
        String path = System.getProperty("vivace.stderr");
        if (path == null) {
            return;
        }
        try {
            System.setErr(new PrintStream(new FileOutputStream(path, true), true, System.err.charset()));
        } catch (FileNotFoundException _) {
            // The pipe still leads to the same place.
        }
    }
}
