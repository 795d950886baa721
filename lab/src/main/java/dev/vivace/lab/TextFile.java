package dev.vivace.lab;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A text as a file: read strictly, since a replaced character would change what is measured.
public final class TextFile {
    /// A byte of text becomes up to two of a string, up to four of a token, and as much again on the way.
    private static final long HEAP_PER_BYTE = 12;

    private TextFile() {}

    /// The text in `file`.
    ///
    /// @throws OptionException if it cannot be read
    /// @throws FormatException if it is not UTF-8; names the first wrong byte
    /// @throws CapacityException if it does not fit into the memory that Java may use
    public static String read(Path file) {
        if (!Files.exists(file)) {
            throw new OptionException("text file " + file + " does not exist");
        }
        if (!Files.isRegularFile(file)) {
            throw new OptionException("text file " + file + " is no regular file");
        }
        try {
            requireRoom(file, Files.size(file), Runtime.getRuntime().maxMemory());
            return decode(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new OptionException("text file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static void requireRoom(Path file, long bytes, long heapBytes) {
        long most = Math.min(heapBytes / HEAP_PER_BYTE, Integer.MAX_VALUE / 2);
        if (bytes > most) {
            throw new CapacityException("text file " + file + " has " + bytes + " bytes, expected at most " + most
                    + " (give Java more memory with -Xmx, or cut the text)");
        }
    }

    static String decode(String source, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        // UTF-8 never has more characters than bytes.
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new FormatException(String.format(
                    "text file %s is not UTF-8 at byte %d (0x%02x), expected UTF-8",
                    source, in.position(), bytes[in.position()] & 0xff));
        }
        return out.flip().toString();
    }
}
