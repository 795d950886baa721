package dev.vivace.kernel.x86.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AssemblerTest {
    /// One line of `instructions.txt`: `INSTRUCTION | bytes`. Bytes of a constant's distance are those of an
    /// instruction alone in its kernel.
    ///
    /// @param line the instruction in [AssemblyText]
    /// @param bytes its bytes in hexadecimal
    record Expected(String line, String bytes) {}

    static List<Expected> fixture() throws IOException {
        try (InputStream in = AssemblerTest.class.getResourceAsStream("instructions.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" \\| "))
                    .map(parts -> new Expected(parts[0], parts[1]))
                    .toList();
        }
    }

    @Test
    void writesTheCommittedBytes() throws IOException {
        for (Expected expected : fixture()) {
            assertThat(bytes(expected.line())).as(expected.line()).isEqualTo(expected.bytes());
        }
    }

    @Test
    void everyInstructionHasCommittedBytes() throws IOException {
        Set<String> names = fixture().stream()
                .map(expected -> expected.line().split(" ")[0])
                .collect(Collectors.toCollection(TreeSet::new));
        RandomInstructions proposals = new RandomInstructions(new SplittableRandom(5));
        List<String> missing = EnumSet.allOf(Op.class).stream()
                .filter(op -> !names.contains(op.name()))
                .flatMap(op -> Stream.generate(() -> proposals.of(op)).limit(4))
                .map(line -> "\n" + line + " | " + bytes(line))
                .toList();
        assertThat(missing)
                .as("lines to add to instructions.txt once objdump agrees")
                .isEmpty();
        for (Method method : Assembler.class.getDeclaredMethods()) {
            boolean instruction = Modifier.isPublic(method.getModifiers()) && method.getReturnType() == void.class;
            Set<String> others = Set.of("emit", "bind", "jmp", "jump");
            if (instruction && !others.contains(method.getName())) {
                assertThat(names).anyMatch(name -> name.startsWith(method.getName()));
            }
        }
    }

    static String bytes(String line) {
        Assembler a = new Assembler("one");
        new AssemblyText(a).emit(line);
        Code code = a.finish();
        return HexFormat.of().formatHex(code.bytes(), 0, code.lines().getFirst().length());
    }

    @Test
    void jumpsReachLabelsBeforeAndBehind() {
        Assembler a = new Assembler("jumps");
        Label end = a.label();
        Label start = a.here();
        a.jump(Condition.E, end);
        a.jmp(start);
        a.bind(end);
        a.ret();
        assertThat(HexFormat.of().formatHex(a.finish().bytes())).isEqualTo("0f8405000000" + "e9f5ffffff" + "c3");
    }

    @Test
    void aLabelIsBoundOnceAndWhereItIsUsed() {
        Assembler a = new Assembler("lost");
        Label label = a.label();
        a.jmp(label);
        assertThatThrownBy(a::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("L0 is used but bound nowhere");
        a.bind(label);
        assertThatThrownBy(() -> a.bind(label)).hasMessage("L0 is bound already");
        assertThat(a.finish().bytes()).hasSize(5);
    }

    @Test
    void equalConstantsShareAnAlignedPlaceAfterTheCode() {
        Assembler a = new Assembler("constants");
        Mem one = a.constant(1);
        Mem pair = a.words(1, 2);
        assertThat(a.constant(1)).isEqualTo(one);
        a.emit(Op.VBROADCASTSS, Vec.ymm(0), one);
        a.emit(Op.VMOVQ, Vec.xmm(1), pair);
        a.ret();
        byte[] bytes = a.finish().bytes();
        assertThat(bytes).hasSize(128 + 8);
        assertThat(Arrays.copyOfRange(bytes, 64, 68)).containsExactly(0, 0, 0x80, 0x3F);
        assertThat(Arrays.copyOfRange(bytes, 128, 136)).containsExactly(1, 0, 0, 0, 2, 0, 0, 0);
    }

    @Test
    void theListingReads() {
        Assembler a = new Assembler("sum");
        Label loop = a.here();
        a.emit(
                Op.VADDPS,
                Vec.zmm(1).mask(Mask.K2),
                Vec.zmm(1),
                Mem.at(Gpr.RSI, 64).broadcast());
        a.emit(Op.VCMPPS_K, 1, Mask.K1, Vec.zmm(2).mask(Mask.K3), Vec.zmm(4));
        a.emit(Op.VPANDD, Vec.ymm(1), Vec.ymm(2), Vec.ymm(3));
        a.mov32(Gpr.R8, Mem.at(Gpr.RDI, Gpr.RCX, 4, -8));
        a.jump(Condition.NE, loop);
        a.emit(Op.VZEROUPPER);
        a.ret();
        assertThat(a.finish().listing()).isEqualTo("""
                sum
                    0: 62f1745a584e10         vaddps zmm1{k2}, zmm1, [rsi+0x40]{bcst}
                    7: 62f16c4bc2cc01         vcmpps k1{k3}, zmm2, zmm4, 0x1
                    e: c5eddbcb               vpand ymm1, ymm2, ymm3
                   12: 448b448ff8             mov r8d, [rdi+rcx*4-0x8]
                   17: 0f85e3ffffff           jne L0
                   1d: c5f877                 vzeroupper
                   20: c3                     ret
                """);
    }

    @Test
    void refusesWhatTheProcessorCannotDo() {
        refused("VADDPS zmm1, zmm2", "takes another number of operands");
        refused("VADDPS zmm1, [rax], zmm2", "expected a register, got [rax]");
        refused("VADDPS zmm1, zmm2{k1}, zmm3", "carries its mask on the first vector");
        refused("VPADDB zmm1, zmm2, [rax]{bcst}", "cannot broadcast");
        refused("VPSIGNB zmm1, zmm2, zmm3", "has no encoding with 512 bits");
        refused("VPSIGNB ymm1, ymm2, ymm16", "has no encoding with 512 bits");
        refused("VPGATHERDD zmm1{k1}, [rax+rcx*4]", "needs a vector as index");
        refused("VPGATHERDD zmm1, [rax+zmm2*4]", "needs a mask");
        refused("VPGATHERDD ymm1, [rax+ymm2*4]", "needs a mask as third operand");
        refused("VADDPS ymm1, ymm2, [rax+ymm2*4]", "takes no vector as index");
        refused("TILELOADD tmm0, [rax]", "needs an index register");
        refused("VMOVUPS_STORE [rax], zmm1{k1}{z}", "cannot zero");
        refused("VMOVUPS zmm1{k0}{z}, zmm1", "k0 stands for no mask");
        refused("VMOVUPS zmm32, zmm1", "no register 32");
        refused("VPSHUFD zmm1, zmm2, 0x100", "expected a number of one byte");
        refused("mov rax, [rax+rsp*1]", "index=rsp");
        refused("mov rax, [rax+rcx*3]", "scale=3");
        refused("shl rax, 0x40", "expected 0 to 63");
    }

    private static void refused(String line, String why) {
        AssemblyText text = new AssemblyText(new Assembler("bad"));
        assertThatThrownBy(() -> text.emit(line))
                .as(line)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
