package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
    @TempDir
    private Path folder;

    @Test
    void text_comes_as_it_is() throws IOException {
        String text = "\ufeffcaf\u00e9 \ud83d\ude00\r\n \u0000 end";
        assertThat(TextFile.read(Files.writeString(folder.resolve("text"), text)))
                .isEqualTo(text);
        assertThat(TextFile.read(Files.writeString(folder.resolve("empty"), "")))
                .isEmpty();
    }

    @Test
    void the_first_byte_that_is_not_utf8_is_named() throws IOException {
        Path file = folder.resolve("latin");
        Files.write(file, new byte[] {'a', (byte) 0xc3, (byte) 0xa9, 'b', (byte) 0xe9, 'c', (byte) 0xff});
        assertThatThrownBy(() -> TextFile.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessage("text file " + file + " is not UTF-8 at byte 4 (0xe9), expected UTF-8");
        assertThatThrownBy(() -> TextFile.decode("cut", new byte[] {'a', (byte) 0xf0, (byte) 0x9f}))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("at byte 1 (0xf0)");
        // A surrogate spelled as three bytes, as some old programs write them.
        assertThatThrownBy(() -> TextFile.decode("odd", new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("at byte 0 (0xed)");
    }

    @Test
    void what_is_no_file_or_too_large_is_refused_unread() {
        assertThatThrownBy(() -> TextFile.read(folder.resolve("none")))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("none does not exist");
        assertThatThrownBy(() -> TextFile.read(folder))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("is no regular file");
        assertThatThrownBy(() -> TextFile.requireRoom(folder, 1 << 20, 1 << 20))
                .isInstanceOf(CapacityException.class)
                .hasMessageContaining("has 1048576 bytes, expected at most 87381");
        TextFile.requireRoom(folder, 87_381, 1 << 20);
    }
}
