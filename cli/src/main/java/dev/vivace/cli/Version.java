package dev.vivace.cli;

import picocli.CommandLine.IVersionProvider;

/// What `--version` prints: ours from the jar's manifest, and the Java machine's.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "vivace " + ours(),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name") + ", "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }

    /// Ours alone.
    static String ours() {
        String ours = Version.class.getPackage().getImplementationVersion();
        return ours == null ? "(not from a jar)" : ours;
    }
}
