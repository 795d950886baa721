package dev.vivace.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The rules every source file meets: lengths, widths and names, and for what we ship also documentation, no shared
/// mutable state and no settings read behind the caller's back. Read from the JDK's own syntax trees.
final class SourceRules {
    static final int MAX_LINES = 500;
    static final int MAX_TEST_LINES = 600;
    static final int MAX_METHOD_LINES = 60;
    static final int MAX_WIDTH = 120;

    // Split, so that this file meets its own rule.
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");

    private SourceRules() {}

    /// What kind of code a file holds: some rules hold only for what we ship, reading settings only the command line
    /// may.
    enum Kind {
        ENGINE,
        COMMAND_LINE,
        TEST
    }

    /// The breaches in the file `file` with the text `source`, one sentence each.
    static List<String> check(String file, String source, Kind kind) {
        var breaches = new ArrayList<String>();
        checkText(file, source, kind, breaches);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var task =
                (JavacTask) compiler.getTask(null, null, _ -> {}, List.of("-proc:none"), null, List.of(unit(source)));
        try {
            for (CompilationUnitTree tree : task.parse()) {
                new TreeRules(file, kind, tree, DocTrees.instance(task), breaches).scan(tree, null);
            }
        } catch (IOException e) {
            throw new IllegalStateException("a source held in memory cannot fail to be read", e);
        }
        return breaches;
    }

    /// The folders below `sources` that hold Java files and no `package-info.java`.
    static List<String> foldersWithoutPackageInfo(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("module-info.java"))
                    .map(Path::getParent)
                    .distinct()
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                    .map(folder -> folder + ": no package-info.java")
                    .sorted()
                    .toList();
        }
    }

    private static void checkText(String file, String source, Kind kind, List<String> breaches) {
        List<String> lines = source.lines().toList();
        int most = kind == Kind.TEST ? MAX_TEST_LINES : MAX_LINES;
        if (lines.size() > most) {
            breaches.add(file + ": " + lines.size() + " lines, at most " + most);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int width = line.codePointCount(0, line.length());
            if (width > MAX_WIDTH) {
                breaches.add(file + ":" + (i + 1) + ": " + width + " characters wide, at most " + MAX_WIDTH);
            }
            if (UNFINISHED.matcher(line).find()) {
                breaches.add(file + ":" + (i + 1) + ": a note that something is unfinished");
            }
        }
    }

    private static JavaFileObject unit(String source) {
        return new SimpleJavaFileObject(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }
}
