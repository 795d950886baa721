package dev.vivace.cli;

import picocli.CommandLine.IVersionProvider;

/// What `--version` prints: ours from the jar's manifest, and the Java machine's.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String ours = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "vivace " + (ours == null ? "(not from a jar)" : ours),
            "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name") + ", "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
