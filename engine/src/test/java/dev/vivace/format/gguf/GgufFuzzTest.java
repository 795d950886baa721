package dev.vivace.format.gguf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;

/// Reads the kept corpus; with `JAZZER_FUZZ=1` in the environment it searches for new inputs instead.
class GgufFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void anyBytesEndInSuccessOrOneSentence(byte[] bytes) {
        GgufExercise.accepts(MemorySegment.ofArray(bytes));
    }
}
