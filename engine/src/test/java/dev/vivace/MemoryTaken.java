package dev.vivace;

import dev.vivace.sampling.Sampling;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;

/// A program that fills a model's context and says what its Java machine took for it outside of the heap.
///
/// Arguments: a model file or `built-in`, a context, how often to load, use and close the model after that. Its
/// machine runs with `-XX:NativeMemoryTracking=summary`. It
/// prints
/// one line: bytes planned beside the mapped file, bytes taken when loaded, when the context is full, and when
/// closed.
final class MemoryTaken {
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+, committed=(\\d+)\\)");
    private static final GenerateOptions GREEDY = GenerateOptions.DEFAULT
            .withSampling(Sampling.greedy())
            .withIgnoreEnd(true)
            .withMaxTokens(8);

    private MemoryTaken() {}

    public static void main(String[] arguments) throws Exception {
        boolean builtIn = arguments[0].equals("built-in");
        LoadOptions options = TestLevels.options().withThreads(2).withContext(Integer.parseInt(arguments[1]));
        // What the machine itself sets up for the first memory of this kind is not the model's.
        Model.builtIn(options).close();
        long before = bytes();
        long loaded;
        long full;
        long planned;
        try (Model model = builtIn ? Model.builtIn(options) : Model.load(Path.of(arguments[0]), options);
                Session session = model.session()) {
            loaded = bytes() - before;
            MemoryPlan plan = model.memory();
            // Copies that packing makes are the system's memory, which the machine does not count.
            planned = plan.totalBytes() - plan.packedBytes() - (builtIn ? 0 : plan.weightsBytes());
            int[] prompt = new int[model.context() - GREEDY.maxTokens()];
            Arrays.setAll(prompt, i -> 300 + i % 100);
            session.generate(Prompt.tokens(prompt), GREEDY).answer();
            full = bytes() - before;
        }
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            try (Model model = builtIn ? Model.builtIn(options) : Model.load(Path.of(arguments[0]), options);
                    Session session = model.session()) {
                session.generate(Prompt.raw(""), GREEDY).answer();
            }
        }
        System.out.println(
                "planned=" + planned + " loaded=" + loaded + " full=" + full + " closed=" + (bytes() - before));
    }

    /// Bytes that memory segments have, as the machine tells.
    private static long bytes() throws Exception {
        Object report = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "vmNativeMemory",
                        new Object[] {new String[] {"summary", "scale=B"}},
                        new String[] {String[].class.getName()});
        Matcher other = OTHER.matcher(String.valueOf(report));
        return other.find() ? Long.parseLong(other.group(1)) : 0;
    }
}
