package dev.vivace.kernel.x86.rows;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Op;
import java.util.List;
import java.util.stream.IntStream;

/// What kernels that walk rows of f32 share: [#STEP] columns at a time in `STEP / lanes` vectors, then what is left
/// through the same arithmetic under masks, so that the place of a cut changes no bits and nothing outside is
/// touched.
final class RowCode extends RowVectors {
    /// Columns of a step.
    static final int STEP = 32;

    private boolean turns;
    private Gpr[] saved = {};

    RowCode(String name, Target target) {
        super(name, target);
    }

    /// Emits one vector of a step.
    interface Part {
        /// @param part which of the step's vectors
        /// @param masked whether columns may be missing
        void emit(int part, boolean masked);
    }

    /// A register that moves on with the columns.
    ///
    /// @param register the address of the step's first column
    /// @param bytes what a column takes
    record Pointer(Gpr register, int bytes) {
        static Pointer to(Gpr register) {
            return new Pointer(register, Float.BYTES);
        }
    }

    /// Vectors of a step.
    int parts() {
        return STEP / lanes;
    }

    /// Pushes registers that the caller wants back.
    void save(Gpr... registers) {
        for (Gpr register : registers) {
            a.push(register);
        }
        saved = registers;
    }

    Code finish() {
        for (int i = saved.length - 1; i >= 0; i--) {
            a.pop(saved[i]);
        }
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }

    /// From here on vectors are written instruction by instruction in turn: the processor, which sees no
    /// further than its queues, finds work in the one while results of the other are under way. [#turns] parts one
    /// after another must use registers of their own.
    void takeTurns() {
        turns = true;
    }

    /// Parts two numbers of 32 bits without sign; one of them stays where they came from.
    void unpack(Gpr packed, Gpr low, Gpr high) {
        assert low == packed ^ high == packed : packed + " to " + low + " and " + high;
        Gpr first = low == packed ? high : low;
        a.mov(first, packed);
        a.shr(high, 32);
        a.shl(low, 32);
        a.shr(low, 32);
    }

    /// From elements to bytes, less what [#columns] of `count` columns moves a pointer on.
    void rowStep(Gpr stride, Gpr count, Gpr spare) {
        a.shl(stride, 2);
        a.mov(spare, count);
        a.shr(spare, 5);
        a.shl(spare, 7);
        a.sub(stride, spare);
    }

    /// Repeats `body` as often as `counter` says, which ends at 0; not at all if it is 0.
    void repeat(Gpr counter, Runnable body) {
        Label end = a.label();
        a.test(counter, counter);
        a.jump(Condition.E, end);
        Label again = a.here();
        body.run();
        a.dec(counter);
        a.jump(Condition.NE, again);
        a.bind(end);
    }

    /// Walks `count` columns; pointers end at the first column of the step that is not whole.
    ///
    /// @param left a register to count in
    void columns(Gpr count, Gpr left, Part body, Pointer... pointers) {
        whole(count, left, body, pointers);
        Label end = a.label();
        a.mov(left, count);
        a.and(left, STEP - 1);
        a.jump(Condition.E, end);
        begin(tail, left);
        for (int part = 0; part < parts(); part++) {
            body.emit(part, true);
        }
        a.bind(end);
    }

    /// As [#columns] without what is left.
    void whole(Gpr count, Gpr left, Part body, Pointer... pointers) {
        a.mov(left, count);
        a.shr(left, 5);
        if (turns && parts() < turns()) {
            Label less = a.label();
            Label again = a.here();
            a.sub(left, 2);
            a.jump(Condition.L, less);
            steps(body, 2, pointers);
            a.jmp(again);
            a.bind(less);
            a.add(left, 2);
        }
        repeat(left, () -> steps(body, 1, pointers));
    }

    private void steps(Part body, int steps, Pointer... pointers) {
        int vectors = steps * parts();
        for (int part = 0; part < vectors; ) {
            if (turns) {
                int to = Math.min(vectors, part + turns());
                inTurn(body, part, to);
                part = to;
            } else {
                body.emit(part++, false);
            }
        }
        for (Pointer pointer : pointers) {
            a.add(pointer.register(), steps * STEP * pointer.bytes());
        }
    }

    /// How many vectors are written in turn: as many as there are registers for.
    int turns() {
        return wide ? 4 : 2;
    }

    private void inTurn(Part body, int from, int to) {
        List<List<Runnable>> vectors = IntStream.range(from, to)
                .mapToObj(part -> recorded(() -> body.emit(part, false)))
                .toList();
        int longest = vectors.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (List<Runnable> vector : vectors) {
                if (i < vector.size()) {
                    vector.get(i).run();
                }
            }
        }
    }
}
