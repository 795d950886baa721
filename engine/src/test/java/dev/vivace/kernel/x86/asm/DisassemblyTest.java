package dev.vivace.kernel.x86.asm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What we write, objdump reads back: the committed instructions, and thousands of random ones.
class DisassemblyTest {
    private static final Pattern PLACE = Pattern.compile("\\[rip@(\\d+)]");

    @TempDir
    private Path folder;

    @Test
    void readsTheCommittedInstructions() throws Exception {
        check(AssemblerTest.fixture().stream().map(AssemblerTest.Expected::line).toList());
    }

    @Test
    void readsRandomInstructions() throws Exception {
        int rounds = TestData.full() ? 1000 : 20;
        long seed = 4;
        System.out.println("DisassemblyTest: seed=" + seed + " rounds=" + rounds);
        RandomInstructions random = new RandomInstructions(new SplittableRandom(seed));
        for (int block = 0; block < rounds; block += 20) {
            List<String> lines = new ArrayList<>();
            for (int round = block; round < Math.min(rounds, block + 20); round++) {
                for (Op op : Op.values()) {
                    lines.add(random.of(op));
                }
                for (int line = 0; line < random.generalLines(); line++) {
                    lines.add(random.general(line));
                }
            }
            check(lines);
        }
    }

    @Test
    void readsJumpsWithTheirTargets() throws Exception {
        Assembler a = new Assembler("jumps");
        Label start = a.here();
        Label end = a.label();
        a.jmp(end);
        for (Condition condition : Condition.values()) {
            a.jump(condition, condition.ordinal() % 2 == 0 ? start : end);
        }
        a.bind(end);
        a.ret();
        Code code = a.finish();
        Map<Integer, String> read = Disassembly.of(code.bytes(), folder);
        int last = code.bytes().length - 1;
        List<String> expected = new ArrayList<>(List.of("jmp 0x" + Integer.toHexString(last)));
        for (Condition condition : Condition.values()) {
            int target = condition.ordinal() % 2 == 0 ? 0 : last;
            expected.add("j" + condition + " 0x" + Integer.toHexString(target));
        }
        expected.add("ret");
        assertThat(read.values()).containsExactlyElementsOf(expected);
    }

    private void check(List<String> lines) throws Exception {
        Assembler a = new Assembler("fuzz");
        AssemblyText text = new AssemblyText(a);
        lines.forEach(text::emit);
        Code code = a.finish();
        Map<Integer, String> read = Disassembly.of(code.bytes(), folder);
        Map<String, String> wrong = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Code.Line line = code.lines().get(i);
            String seen = constants(read.getOrDefault(line.offset(), "nothing begins here"), code.bytes());
            String said = AssemblyText.plain(lines.get(i));
            if (!AssemblyText.plain(seen).equals(said) || !read.containsKey(line.offset() + line.length())) {
                wrong.put(lines.get(i), seen);
            }
            // Labels have numbers of their own; the rest of the listing says what objdump says.
            if (!line.toString().contains("[rip") && !line.toString().equals(seen)) {
                wrong.put(line.toString(), seen);
            }
        }
        assertThat(wrong).as("what we wrote, what objdump reads").isEmpty();
    }

    /// Puts the constant into the place of its address.
    private static String constants(String line, byte[] code) {
        Matcher place = PLACE.matcher(line);
        return place.replaceAll(at -> {
            int offset = Integer.parseInt(at.group(1));
            int value = 0;
            for (int i = 3; i >= 0; i--) {
                value = value << 8 | code[offset + i] & 0xFF;
            }
            return "[rip+" + value + "]";
        });
    }
}
