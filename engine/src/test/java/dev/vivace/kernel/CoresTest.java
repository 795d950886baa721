package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoresTest {
    @TempDir
    Path folder;

    @Test
    void hardwareThreadsOfOneCoreCountOnce() throws IOException {
        machine("0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7");
        assertThat(cores("0-7", 8).physical()).isEqualTo(4);
    }

    @Test
    void onlyAllowedProcessorsCount() throws IOException {
        machine("0-1", "0-1", "2-3", "2-3", "4-5", "4-5");
        assertThat(cores("0-1,5", 3).physical()).isEqualTo(2);
        assertThat(cores("0,2,4", 3).physical()).isEqualTo(3);
    }

    @Test
    void theQuotaIsTheUpperBound() throws IOException {
        machine("0", "1", "2", "3");
        assertThat(cores("0-3", 2).physical()).isEqualTo(2);
    }

    @Test
    void missingOrOddFilesFallBackToTheProcessors() throws IOException {
        assertThat(new Cores(folder.resolve("none"), folder.resolve("none"), 5).physical())
                .isEqualTo(5);
        machine("0", "1");
        assertThat(cores("0-3", 4).physical()).isEqualTo(4);
        assertThat(cores("zero", 4).physical()).isEqualTo(4);
        assertThat(cores("3-0", 4).physical()).isEqualTo(4);
        assertThat(cores("0-2000000000", 4).physical()).isEqualTo(4);
        Files.writeString(folder.resolve("status"), "Name:\tjava\n");
        assertThat(new Cores(folder, folder.resolve("status"), 6).physical()).isEqualTo(6);
    }

    @Test
    void thisMachineHasCores() {
        assertThat(Workers.physicalCores()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    private void machine(String... siblings) throws IOException {
        for (int cpu = 0; cpu < siblings.length; cpu++) {
            Path topology = Files.createDirectories(folder.resolve("cpu" + cpu + "/topology"));
            Files.writeString(topology.resolve("thread_siblings_list"), siblings[cpu] + "\n");
        }
    }

    private Cores cores(String allowed, int processors) throws IOException {
        Path status = folder.resolve("status");
        Files.writeString(status, "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t" + allowed + "\n");
        return new Cores(folder, status, processors);
    }
}
