package dev.vivace.kernel.x86.attention;

import dev.vivace.kernel.x86.asm.Op;

/// Turns a square of f32 in registers over: as many rows as a vector has lanes.
final class Transpose {
    private Transpose() {}

    /// Registers that hold the columns after [#emit]: at 512 bits the rows are registers 0..15 and all 32 are
    /// used, at 256 bits the rows are 0..7 of 16.
    static int[] emit(VectorCode code) {
        return code.wide ? sixteen(code) : eight(code);
    }

    /// Pairs, then quadruples of rows inside each 128 bits, then the 128 bits themselves.
    private static int[] sixteen(VectorCode code) {
        pairs(code, 16);
        for (int q = 0; q < 16; q += 4) {
            quadruple(code, 16 + q, q);
        }
        int[] columns = new int[16];
        for (int c = 0; c < 4; c++) {
            int low = 16 + 4 * c;
            shuffle(code, 0x88, low, c, 4 + c);
            shuffle(code, 0xDD, low + 1, c, 4 + c);
            shuffle(code, 0x88, low + 2, 8 + c, 12 + c);
            shuffle(code, 0xDD, low + 3, 8 + c, 12 + c);
        }
        for (int c = 0; c < 4; c++) {
            int low = 16 + 4 * c;
            shuffle(code, 0x88, c, low, low + 2);
            shuffle(code, 0xDD, 8 + c, low, low + 2);
            shuffle(code, 0x88, 4 + c, low + 1, low + 3);
            shuffle(code, 0xDD, 12 + c, low + 1, low + 3);
        }
        for (int i = 0; i < 16; i++) {
            columns[i] = i;
        }
        return columns;
    }

    private static void shuffle(VectorCode code, int which, int target, int x, int y) {
        code.a.emit(Op.VSHUFF32X4, which, code.v(target), code.v(x), code.v(y));
    }

    private static void pairs(VectorCode code, int rows) {
        for (int i = 0; i < rows; i += 2) {
            code.a.emit(Op.VUNPCKLPS, code.v(rows + i), code.v(i), code.v(i + 1));
            code.a.emit(Op.VUNPCKHPS, code.v(rows + i + 1), code.v(i), code.v(i + 1));
        }
    }

    private static void quadruple(VectorCode code, int from, int to) {
        code.a.emit(Op.VUNPCKLPD, code.v(to), code.v(from), code.v(from + 2));
        code.a.emit(Op.VUNPCKHPD, code.v(to + 1), code.v(from), code.v(from + 2));
        code.a.emit(Op.VUNPCKLPD, code.v(to + 2), code.v(from + 1), code.v(from + 3));
        code.a.emit(Op.VUNPCKHPD, code.v(to + 3), code.v(from + 1), code.v(from + 3));
    }

    private static int[] eight(VectorCode code) {
        pairs(code, 8);
        quadruple(code, 8, 0);
        quadruple(code, 12, 4);
        for (int c = 0; c < 4; c++) {
            code.a.emit(Op.VPERM2F128, 0x20, code.v(8 + c), code.v(c), code.v(4 + c));
            code.a.emit(Op.VPERM2F128, 0x31, code.v(12 + c), code.v(c), code.v(4 + c));
        }
        return new int[] {8, 9, 10, 11, 12, 13, 14, 15};
    }
}
