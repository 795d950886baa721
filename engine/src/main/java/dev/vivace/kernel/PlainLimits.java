package dev.vivace.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Loops for [Limits] that run on any machine: what the Java machine's compiler makes of them.
final class PlainLimits {
    /// Elements that a round works on: they stay in the innermost cache.
    private static final int ELEMENTS = 256;

    /// Multiply-adds one after another on each element.
    private static final int CHAIN = 8;

    /// Operations of a round of [#calculate].
    static final long OPERATIONS_PER_ROUND = 2L * ELEMENTS * CHAIN;

    /// What is computed goes here, so that the compiler cannot leave it out.
    private volatile long sink;

    /// Reads all of `part`.
    void read(MemorySegment part) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        long end = part.byteSize() / 32 * 32;
        for (long i = 0; i < end; i += 32) {
            a += part.get(ValueLayout.JAVA_LONG_UNALIGNED, i);
            b += part.get(ValueLayout.JAVA_LONG_UNALIGNED, i + 8);
            c += part.get(ValueLayout.JAVA_LONG_UNALIGNED, i + 16);
            d += part.get(ValueLayout.JAVA_LONG_UNALIGNED, i + 24);
        }
        sink = a + b + c + d;
    }

    /// Runs `rounds` rounds.
    void calculate(int rounds) {
        float[] x = new float[ELEMENTS];
        for (int round = 0; round < rounds; round++) {
            chain(x, 0.5f, round);
        }
        sink = (long) x[0];
    }

    /// Not `Math.fma`: without the instruction that is slow beyond measure.
    private static void chain(float[] x, float factor, float more) {
        for (int i = 0; i < x.length; i++) {
            float v = x[i];
            v = v * factor + more;
            v = v * factor + more;
            v = v * factor + more;
            v = v * factor + more;
            v = v * factor + more;
            v = v * factor + more;
            v = v * factor + more;
            v = v * factor + more;
            x[i] = v;
        }
    }
}
