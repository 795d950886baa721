package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.kernel.Tasks;
import dev.vivace.kernel.Workers;
import dev.vivace.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class PackingTest {
    @Test
    void everyTaskRunsOnceOnWorkersAndAlone() {
        try (Workers workers = Workers.of(3)) {
            for (Tasks tasks : new Tasks[] {Tasks.ALONE, new WorkerTasks(workers)}) {
                for (int count : new int[] {0, 1, 2, 100}) {
                    AtomicIntegerArray ran = new AtomicIntegerArray(100);
                    tasks.run(count, ran::incrementAndGet);
                    for (int i = 0; i < 100; i++) {
                        assertThat(ran.get(i)).isEqualTo(i < count ? 1 : 0);
                    }
                }
                assertThatThrownBy(() -> tasks.run(5, i -> {
                            throw new IllegalStateException("task");
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("task");
            }
        }
    }

    @Test
    void everyMatrixOfTheFileIsToldOnceWithItsBytes() {
        Map<String, Long> told = new HashMap<>();
        Decoder.Settings settings = new Decoder.Settings(DType.F32, Long.MAX_VALUE, new int[0], (name, bytes) -> {
            assertThat(told.put(name, bytes)).isNull();
        });
        Tiny.Setup plain = Tiny.Setup.plain();
        try (Tiny tiny = new Tiny("llama3-gqa", new Tiny.Setup(plain.kernels(), 2, settings))) {
            tiny.checkpoint().tensors().forEach(tensor -> {
                if (tensor.rows() > 1) {
                    assertThat(told).containsEntry(tensor.name(), tensor.data().byteSize());
                } else {
                    assertThat(told).doesNotContainKey(tensor.name());
                }
            });
        }
    }
}
