package dev.vivace;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where tests find what is too heavy for the repository. What is missing aborts the test with its name, so skips are
/// seen.
public final class TestData {
    private TestData() {}

    /// A file of the data folder: `$VIVACE_DATA`, else `../shared/data` beside the project.
    public static Path data(String relative) {
        String set = System.getenv("VIVACE_DATA");
        Path folder = set != null ? Path.of(set) : root().resolve("../shared/data");
        return present(folder.resolve(relative).normalize(), "data file " + relative + " (set VIVACE_DATA)");
    }

    /// A model file: in `$VIVACE_MODELS`, else `~/.cache/vivace/models`.
    public static Path model(String file) {
        String set = System.getenv("VIVACE_MODELS");
        Path folder = set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache/vivace/models");
        return present(folder.resolve(file), "model " + file + " (set VIVACE_MODELS)");
    }

    /// Whether the long variants run (`./vivace test --full`).
    public static boolean full() {
        return Boolean.getBoolean("vivace.full");
    }

    /// The project's root folder, found upwards from the working directory.
    public static Path root() {
        @Nullable Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("engine/src"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("tests must run inside the project");
        }
        return folder;
    }

    private static Path present(Path path, String what) {
        if (!Files.exists(path)) {
            abort("skipped: no " + what);
        }
        return path;
    }
}
