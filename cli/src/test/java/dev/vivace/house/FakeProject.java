package dev.vivace.house;

import dev.vivace.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A project folder with the real launcher in it, while Maven and the JDKs are scripts that say how they were called.
/// Only
/// what stands in `bin` is on the path, only what stands in `jdks` is installed.
final class FakeProject {
    private static final List<String> TOOLS = List.of(
            "bash",
            "dirname",
            "env",
            "find",
            "flock",
            "grep",
            "head",
            "ln",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "touch");

    final Path root;
    final Path bin;
    final Path jdks;

    /// What a command wrote, and its exit status.
    record Outcome(int status, String out, String err) {}

    FakeProject(Path folder) throws IOException {
        root = Files.createDirectories(folder.resolve("the project"));
        bin = Files.createDirectories(folder.resolve("bin"));
        jdks = Files.createDirectories(folder.resolve("jdks"));
        for (String tool : TOOLS) {
            for (String place : List.of("/bin/", "/usr/bin/")) {
                if (Files.exists(Path.of(place + tool)) && !Files.exists(bin.resolve(tool))) {
                    script(bin.resolve(tool), "#!/bin/sh\nexec " + place + tool + " \"$@\"\n");
                }
            }
        }
        String launcher = Files.readString(TestData.root().resolve("vivace"));
        script(
                root.resolve("vivace"),
                launcher.replaceFirst("(?s)jdk_folders=\\(.*?\n\\)", "jdk_folders=('" + jdks + "'/*)"));
        Path summary = TestData.root().resolve("tools/TestSummary.java");
        write("tools/TestSummary.java", Files.readString(summary));
        for (String module : List.of("", "engine/", "cli/", "bench/")) {
            write(module + "pom.xml", "<project/>");
        }
        write("engine/src/main/java/A.java", "class A {}");
        write("cli/src/main/java/B.java", "class B {}");
        write("bench/src/main/java/C.java", "class C {}");
    }

    /// Puts a JDK of `version` at `home`; its `java` says who it is, and on standard error what a real one would. Asked
    /// for an ahead-of-time cache it makes one and notes that; given one, it says so.
    Path jdk(Path home, String version) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        String real = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        script(home.resolve("bin/java"), """
                #!/usr/bin/env bash
                case $1 in *TestSummary.java) exec '%s' "$@" ;; esac
                for option in "$@"; do
                  case $option in
                    jdk.incubator.vector) echo "WARNING: Using incubator modules: jdk.incubator.vector" >&2 ;;
                    -XX:AOTCacheOutput=*)
                      echo "${@: -1} $0" >>"${0%%/*}/caches"
                      [ -e "${0%%/*}/no-cache" ] && exit 1
                      echo cache >"${option#*=}"
                      exit 0 ;;
                    -XX:AOTCache=*) echo "from $(<"${option#*=}")" >&2 ;;
                  esac
                done
                echo "something real" >&2
                echo "java %s: ${@: -2}"
                exit 7
                """.formatted(real, version));
        script(home.resolve("bin/javac"), "#!/usr/bin/env bash\n");
        return home;
    }

    /// Puts a Maven on the path that notes its call, then does `then` in the project's folder.
    void maven(String then) throws IOException {
        script(bin.resolve("mvn"), """
                #!/usr/bin/env bash
                echo "$JAVA_HOME mvn $*" >>calls
                echo "chatter of the build"
                %s
                """.formatted(then));
    }

    void mavenThatBuilds() throws IOException {
        maven("mkdir -p cli/target && echo jar >cli/target/vivace.jar");
    }

    /// How the JDK at `home` was asked for ahead-of-time caches.
    static List<String> cachesMade(Path home) throws IOException {
        Path calls = home.resolve("bin/caches");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    List<String> mavenCalls() throws IOException {
        Path calls = root.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    Path write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    /// Runs the launcher from another folder, with `environment` beside the path.
    Outcome run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        return finish(start(environment, arguments));
    }

    Process start(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(root.resolve("vivace").toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(bin.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    Outcome finish(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("the launcher did not end");
        }
        return new Outcome(process.exitValue(), out, err);
    }

    private static void script(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
