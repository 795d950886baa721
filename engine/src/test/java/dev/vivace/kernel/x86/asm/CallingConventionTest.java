package dev.vivace.kernel.x86.asm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallingConventionTest {
    @Test
    void acceptsWhatSavesAndRestores() {
        accepted("ret");
        accepted("push rbx", "push r12", "mov rbx, rdi", "mov r12, [rbx]", "pop r12", "pop rbx", "ret");
        accepted("VADDPS ymm0, ymm1, ymm2", "VZEROUPPER", "ret");
        accepted("VADDPS xmm0, xmm1, xmm2", "cmp rbx, 0x1", "mov [rbx], rax", "ret");
        accepted("push rbx", "inc rbx", "pop rbx", "ret", "dec rbx", "pop rbx", "ret");
    }

    @Test
    void findsEachBreach() {
        breached("x at 0, mov rbx, rdi: rbx belongs to the caller and was not saved", "mov rbx, rdi", "ret");
        breached("x at 5, ret: saved [r12] and restored []", "push r12", "inc rax", "ret");
        breached("saved [rbx, r12] and restored [r12, rbx]", "push rbx", "push r12", "pop rbx", "pop r12", "ret");
        breached("no VZEROUPPER after the last vector", "VZEROUPPER", "VADDPS zmm0, zmm1, zmm2", "ret");
        breached("no VZEROUPPER", "VZEROUPPER", "ret", "VADDPS ymm0, ymm1, ymm2", "ret");
        breached("x never returns", "inc rax");
    }

    private static void accepted(String... lines) {
        assertThat(CallingConvention.breach(code(lines))).isEmpty();
    }

    private static void breached(String why, String... lines) {
        assertThat(CallingConvention.breach(code(lines)).orElseThrow()).contains(why);
    }

    private static Code code(String... lines) {
        Assembler a = new Assembler("x");
        AssemblyText text = new AssemblyText(a);
        for (String line : lines) {
            text.emit(line);
        }
        return a.finish();
    }
}
