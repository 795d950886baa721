package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCostTest {
    @TempDir
    private Path folder;

    private long peak(String status) throws IOException {
        Path file = folder.resolve("status");
        Files.write(file, status.getBytes(StandardCharsets.ISO_8859_1));
        return BenchCost.peak(file);
    }

    @Test
    void the_peak_is_what_the_system_tells() throws IOException {
        assertThat(peak("Name:\tj\u00e4va\nVmPeak:\t 9 kB\nVmHWM:\t  2048 kB\nVmRSS:\t 7 kB\n"))
                .isEqualTo(2 << 20);
    }

    @Test
    void a_system_that_does_not_tell_gives_none() throws IOException {
        assertThat(peak("Name:\tjava\n")).isZero();
        assertThat(peak("VmHWM:\t many kB\n")).isZero();
        assertThat(BenchCost.peak(folder.resolve("missing"))).isZero();
    }
}
