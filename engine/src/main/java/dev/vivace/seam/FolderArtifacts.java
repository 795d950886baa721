package dev.vivace.seam;

import dev.vivace.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Side files in a folder: `folder/id/fingerprint.*`.
record FolderArtifacts(Path folder) implements Artifacts {
    @Override
    public Optional<Path> find(String id, String fingerprint) {
        Path home = folder.resolve(id);
        if (!Files.isDirectory(home)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.getFileName().toString().startsWith(fingerprint + "."))
                    .sorted()
                    .findFirst();
        } catch (IOException e) {
            throw new FormatException("side files of " + id + ": cannot list " + home + ": " + e.getMessage(), e);
        }
    }
}
