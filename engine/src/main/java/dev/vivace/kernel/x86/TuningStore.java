package dev.vivace.kernel.x86;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.kernel.TuningChoice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;

/// Gets a tuning from where it is wanted from; keeps what was measured in a folder, a file for each model of processor
/// and level. A file that is not as expected counts for nothing and is written anew, whole or not at all.
///
/// @param folder where measurements are kept; empty: nowhere
/// @param measurement how to measure
record TuningStore(Optional<Path> folder, SelfMeasurement measurement) {
    private static final int MOST_BYTES = 1 << 16;

    /// The tuning for what `text` describes.
    ///
    /// @throws OptionException if it is pinned by a file that is damaged or for something else
    Tuned tuned(TuningChoice choice, TuningText text) {
        if (text.contests().isEmpty()) {
            return Tuned.SINGLE;
        }
        if (choice instanceof TuningChoice.Measured) {
            return measured(text); // the common case, before a switch that takes long to link
        }
        return switch (choice) {
            case TuningChoice.Fixed() -> Tuned.FIXED;
            case TuningChoice.Pinned(Path file) -> pinned(file, text);
            case TuningChoice.Measured() -> measured(text);
        };
    }

    private static Tuned pinned(Path file, TuningText text) {
        try {
            return new Tuned(text.read(content(file)), "pinned by " + file);
        } catch (IOException e) {
            throw new OptionException("tuning file " + file + " cannot be read: " + reason(e), e);
        } catch (FormatException e) {
            throw new OptionException("tuning file " + file + " does not fit: " + e.getMessage(), e);
        }
    }

    private Tuned measured(TuningText text) {
        if (folder.isEmpty()) {
            return new Tuned(measurement.measure(text.contests()), "measured now, kept nowhere");
        }
        String name = "tuning-" + text.model().id() + "-" + text.isa().name().toLowerCase(Locale.ROOT) + ".txt";
        Path file = folder.get().resolve(name);
        try {
            return new Tuned(text.read(content(file)), "measured before, kept in " + file);
        } catch (IOException | FormatException absent) {
            Tuning tuning = measurement.measure(text.contests());
            try {
                write(folder.get(), file, text.write(tuning));
                return new Tuned(tuning, "measured now, kept in " + file);
            } catch (IOException e) {
                return new Tuned(tuning, "measured now; " + file + " cannot be written: " + reason(e));
            }
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "it does not exist";
            case AccessDeniedException denied -> "access is denied";
            case FileAlreadyExistsException occupied -> "a file is where a folder should be";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static String content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII);
        }
    }

    /// Readers see the old file or the new one, never half of one.
    private static void write(Path folder, Path file, String text) throws IOException {
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(folder, "tuning", ".new");
        try {
            Files.writeString(fresh, text, StandardCharsets.US_ASCII);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
