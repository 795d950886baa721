package dev.vivace.seam;

import java.nio.file.Path;
import java.util.Optional;

/// Side files of techniques, by the model's fingerprint: trained side weights (*adjuncts*) and calibration
/// results (*profiles*).
public interface Artifacts {
    /// No side files.
    Artifacts NONE = (id, fingerprint) -> Optional.empty();

    /// The file that technique `id` has for the model with `fingerprint`.
    Optional<Path> find(String id, String fingerprint);

    /// Files `folder/id/fingerprint.*`; of several the first by name.
    static Artifacts in(Path folder) {
        return new FolderArtifacts(folder);
    }
}
