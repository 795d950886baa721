package dev.vivace.kernel.x86.asm;

/// A place in the code of one [Assembler], named before or after it is reached.
public final class Label {
    private final int number;
    private int offset = -1;

    Label(int number) {
        this.number = number;
    }

    boolean isBound() {
        return offset >= 0;
    }

    int offset() {
        return offset;
    }

    void bind(int at) {
        if (isBound()) {
            throw new IllegalStateException(this + " is bound already");
        }
        offset = at;
    }

    @Override
    public String toString() {
        return "L" + number;
    }
}
