package dev.vivace.kernel.x86.asm;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What objdump (binutils) reads in machine code, in the words of our listings.
final class Disassembly {
    private static final Pattern LINE = Pattern.compile(" *([0-9a-f]+):\\s+(.*)");
    private static final Pattern COMMENT = Pattern.compile("\\[rip[+-]0x[0-9a-f]+](.*?) *# 0x([0-9a-f]+)");
    private static final Pattern BROADCAST = Pattern.compile("\\w+ BCST (\\[[^]]*])");
    private static final Pattern SIZE =
            Pattern.compile("\\b(BYTE|WORD|DWORD|QWORD|[XYZ]MMWORD|OWORD|FWORD|TBYTE) PTR ");
    private static final Pattern COMPARISON = Pattern.compile("(v)cmp(\\w+?)(ps) (.*)|(vp)cmp(\\w+?)(d) (k.*)");
    private static final List<String> PREDICATES = List.of(
            ("eq lt le unord neq nlt nle ord eq_uq nge ngt false neq_oq ge gt true eq_os lt_oq le_oq unord_s neq_us"
                            + " nlt_uq nle_uq ord_s eq_us nge_uq ngt_uq false_os neq_os ge_oq gt_oq true_us")
                    .split(" "));

    private Disassembly() {}

    /// Instructions by offset. Skips the test where there is no objdump.
    static Map<Integer, String> of(byte[] code, Path folder) throws IOException, InterruptedException {
        Path file = Files.write(folder.resolve("code.bin"), code);
        Path out = folder.resolve("listing.txt");
        Process process = new ProcessBuilder(
                        objdump().toString(),
                        "-D",
                        "-w",
                        "-b",
                        "binary",
                        "-m",
                        "i386:x86-64",
                        "-M",
                        "intel",
                        "--no-show-raw-insn",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("objdump failed: " + Files.readString(out));
        }
        Map<Integer, String> lines = new TreeMap<>();
        try (Stream<String> text = Files.lines(out, StandardCharsets.ISO_8859_1)) {
            text.map(LINE::matcher)
                    .filter(Matcher::matches)
                    .forEach(line -> lines.put(Integer.parseInt(line.group(1), 16), plain(line.group(2))));
        }
        return lines;
    }

    private static Path objdump() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path tool = Path.of(folder, "objdump");
            if (Files.isExecutable(tool)) {
                return tool;
            }
        }
        return abort("skipped: no objdump on the PATH (install binutils)");
    }

    /// One line of objdump in the words of our listings; memory at a constant becomes `[rip@OFFSET]`.
    static String plain(String line) {
        String text = line.strip();
        Matcher comment = COMMENT.matcher(text);
        text = comment.replaceAll(at -> "[rip@" + Integer.parseInt(at.group(2), 16) + "]" + at.group(1));
        text = text.replace("{vex} ", "").replace("{evex} ", "").replace("movabs ", "mov ");
        text = BROADCAST.matcher(text).replaceAll("$1{bcst}");
        text = SIZE.matcher(text).replaceAll("").replaceAll("\\{1to\\d+}", "");
        text = text.replaceAll("\\s+", " ").replaceAll(",(?! )", ", ").replace("+0x0]", "]");
        Matcher comparison = COMPARISON.matcher(text.strip());
        if (comparison.matches()) {
            int first = comparison.group(1) == null ? 5 : 1;
            int predicate = PREDICATES.indexOf(comparison.group(first + 1));
            if (predicate >= 0) {
                return comparison.group(first) + "cmp" + comparison.group(first + 2) + " " + comparison.group(first + 3)
                        + ", 0x" + Integer.toHexString(predicate);
            }
        }
        return text.strip();
    }
}
