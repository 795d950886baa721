package dev.vivace.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextsTest {
    private static Texts texts(List<byte[]> all) {
        var out = new ByteArrayOutputStream();
        int[] starts = new int[all.size() + 1];
        for (int i = 0; i < all.size(); i++) {
            starts[i] = out.size();
            byte[] length = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(all.get(i).length)
                    .array();
            out.writeBytes(length);
            out.writeBytes(all.get(i));
        }
        starts[all.size()] = out.size();
        return new Texts(out.toByteArray(), starts);
    }

    /// Bytes with a liking for what begins, continues and breaks a character.
    private static byte[] wild(SplittableRandom random) {
        int[] liked = {'a', ' ', 0x80, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xA0, 0x9F, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF};
        byte[] bytes = new byte[random.nextInt(0, 9)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextBoolean() ? liked[random.nextInt(liked.length)] : random.nextInt(256));
        }
        return bytes;
    }

    @Test
    void charactersAreThoseThatJavaReads() {
        SplittableRandom random = new SplittableRandom(6);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 20000; i++) {
            all.add(wild(random));
        }
        for (String fine :
                List.of("", "Ġthe", "▁of", "日本", "é", "😀x", "\uFFFD", "a\u0000b", "\u07FF\u0800\uD7FF\uE000")) {
            all.add(fine.getBytes(StandardCharsets.UTF_8));
        }
        Texts texts = texts(all);
        assertThat(texts).hasSize(all.size());
        for (int i = 0; i < all.size(); i++) {
            String expected = new String(all.get(i), StandardCharsets.UTF_8);
            char[] out = new char[20];
            assertThat(new String(out, 0, texts.chars(i, out))).isEqualTo(expected);
            char[] padded = ("xx" + expected + "yy").toCharArray();
            assertThat(texts.spells(i, padded, 2, padded.length - 2)).isTrue();
            assertThat(texts.spells(i, padded, 2, padded.length - 1)).isFalse();
            assertThat(texts.spells(i, padded, 1, padded.length - 2)).isFalse();
            assertThat(texts.get(i)).isEqualTo(expected);
            assertThat(texts.byteCount(i)).isEqualTo(all.get(i).length);
            assertThat(texts.firstByte(i)).isEqualTo(all.get(i).length == 0 ? -1 : all.get(i)[0] & 0xFF);
        }
    }

    @Test
    void findsTheFirstOfEqualTexts() {
        Texts texts = texts(Arrays.asList("b".getBytes(), "a".getBytes(), new byte[] {(byte) 0xFF}, "a".getBytes()));
        assertThat(texts.indexOf("a")).isEqualTo(1);
        assertThat(texts.indexOf("\uFFFD")).isEqualTo(2);
        assertThat(texts.indexOf("c")).isEqualTo(-1);
        assertThat(texts).containsExactly("b", "a", "\uFFFD", "a");
    }
}
