package dev.vivace.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.TestData;
import dev.vivace.UnsupportedException;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `python.gguf` comes from the Python package `gguf`; `gguf_golden.py` makes it.
class GgufTest {
    private static final int U8 = 0;
    private static final int U32 = 4;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    @Test
    void readsEveryMetadataTypeOfAnotherWriter() {
        try (Gguf file = python()) {
            Metadata metadata = file.metadata();
            assertThat(file.version()).isEqualTo(3);
            assertThat(metadata.text("general.architecture")).isEqualTo("llama");
            assertThat(metadata.integer("a.u8")).isEqualTo(250);
            assertThat(metadata.integer("a.i8")).isEqualTo(-5);
            assertThat(metadata.integer("a.u16")).isEqualTo(65000);
            assertThat(metadata.integer("a.i16")).isEqualTo(-30000);
            assertThat(metadata.integer("a.u32")).isEqualTo(4_000_000_000L);
            assertThat(metadata.integer("a.i32")).isEqualTo(-2_000_000_000);
            assertThat(metadata.real("a.f32")).isEqualTo(0.1f);
            assertThat(metadata.flag("a.yes", false)).isTrue();
            assertThat(metadata.flag("a.no", true)).isFalse();
            assertThat(metadata.text("a.text")).isEqualTo("héllo ▁ 😀");
            assertThat(metadata.integer("a.i64")).isEqualTo(Long.MIN_VALUE);
            assertThat(metadata.real("a.f64")).isEqualTo(1e-300);
            assertThat(metadata.texts("b.texts")).containsExactly("", "a", "ü▁", "<0x0A>");
            assertThat(metadata.integers("b.integers")).containsExactly(1, -2, 3);
            assertThat(metadata.reals("b.reals")).containsExactly(0.5f, -1.25f);
            assertThat(metadata.value("b.flags")).hasToString("Optional[[true, false]]");
            assertThat(metadata.value("a.u64")).hasToString("Optional[18446744073709551615]");
            assertThatThrownBy(() -> metadata.integer("a.u64"))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("a.u64 is u64 18446744073709551615");
        }
    }

    @Test
    void readsTensorsOfAnotherWriter() {
        try (Gguf file = python()) {
            assertThat(file.tensors())
                    .extracting(TensorInfo::name)
                    .containsExactly("vector", "matrix.f16", "cube", "matrix.q8", "numbers.i32");
            assertThat(values(file, "vector")).containsExactly(0, 1, 2, 3, 4);
            assertThat(values(file, "matrix.f16")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
            assertThat(file.info("cube").orElseThrow().dimensions()).containsExactly(4L, 3L, 2L);
            Tensor cube = file.tensor("cube").orElseThrow();
            assertThat(List.of(cube.rows(), cube.columns())).containsExactly(6, 4);
            assertThat(values(file, "cube")[23]).isEqualTo(23);
            float[] q8 = values(file, "matrix.q8");
            for (int i = 0; i < 128; i++) {
                assertThat(q8[i]).isCloseTo(-1 + 2 * i / 127f, org.assertj.core.data.Offset.offset(0.005f));
            }
            assertThat(file.tensor("none")).isEmpty();
        }
    }

    @Test
    void opensWithTensorsOfAnotherTypeButDoesNotHandThemOut() {
        try (Gguf file = python()) {
            assertThat(file.info("numbers.i32").orElseThrow().type().name()).isEqualTo("I32");
            assertThatThrownBy(() -> file.tensor("numbers.i32"))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("numbers.i32")
                    .hasMessageContaining("I32")
                    .hasMessageContaining("Q6_K");
        }
        try (Gguf file = RawGguf.start(1, 0).tensor("odd", 77, 0, 5).read()) {
            assertThat(file.tensors().iterator().next().type().name()).isEqualTo("type 77");
            assertThatThrownBy(() -> file.tensor("odd")).isInstanceOf(UnsupportedException.class);
        }
    }

    @Test
    void readsVersionTwoAndAVocabularyWithoutTensors() {
        RawGguf raw = new RawGguf()
                .raw("GGUF")
                .u32(2)
                .u64(0)
                .u64(1)
                .entry("k", STRING)
                .text("v");
        try (Gguf file = raw.read()) {
            assertThat(file.version()).isEqualTo(2);
            assertThat(file.tensors()).isEmpty();
            assertThat(file.metadata().text("k")).isEqualTo("v");
        }
    }

    @Test
    void mapsAFileAndClosesTwice(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("a.gguf");
        Files.write(
                path,
                RawGguf.start(1, 0)
                        .tensor("t", 0, 0, 2)
                        .pad(32)
                        .u32(0x3f800000)
                        .u32(0)
                        .bytes());
        Gguf file = Gguf.open(path);
        Tensor tensor = file.tensor("t").orElseThrow();
        assertThat(tensor.data().get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(1);
        file.close();
        file.close();
        assertThatThrownBy(() -> tensor.data().get(ValueLayout.JAVA_FLOAT, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void namesAFileThatIsNotThere(@TempDir Path folder) {
        assertThatThrownBy(() -> Gguf.open(folder.resolve("none.gguf")))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("none.gguf does not exist");
        assertThatThrownBy(() -> Gguf.open(folder)).isInstanceOf(OptionException.class);
    }

    @Test
    void honoursTheFilesAlignment() {
        RawGguf raw = RawGguf.start(2, 1)
                .entry("general.alignment", U32)
                .u32(64)
                .tensor("a", 0, 0, 1)
                .tensor("b", 0, 64, 1)
                .pad(64)
                .u32(0x40000000)
                .pad(64)
                .u32(0x40400000);
        try (Gguf file = raw.read()) {
            assertThat(values(file, "a")).containsExactly(2);
            assertThat(values(file, "b")).containsExactly(3);
        }
    }

    @Test
    void oddBytesInATextReadAsReplacementCharacters() {
        RawGguf raw = RawGguf.start(0, 1).entry("k", STRING).u64(3).raw("a\u00ffb");
        assertThat(raw.read().metadata().text("k")).isEqualTo("a\ufffdb");
    }

    @Test
    void accessorsNameKeyTypeAndExpectation() {
        Metadata metadata = RawGguf.start(0, 1).entry("k", U32).u32(7).read().metadata();
        refuses(() -> metadata.text("k"), "raw: metadata k is u32 7, expected a string");
        refuses(() -> metadata.text("x"), "raw: metadata x is missing, expected a string");
        refuses(() -> metadata.texts("k"), "raw: metadata k is u32 7, expected an array of strings");
        refuses(() -> metadata.flag("k", true), "raw: metadata k is u32 7, expected a bool");
        assertThat(metadata.real("k")).isEqualTo(7);
        assertThat(metadata.text("x", "y")).isEqualTo("y");
        assertThat(metadata.integer("x", -3)).isEqualTo(-3);
        assertThat(metadata.real("x", 0.5)).isEqualTo(0.5);
        assertThat(metadata.flag("x", true)).isTrue();
    }

    @Test
    void refusesWhatIsNoGguf() {
        refuses(() -> new RawGguf().raw("PK").read(), "raw: 2 bytes is too short");
        refuses(() -> new RawGguf().raw("ZIPs").u32(3).u64(0).u64(0).read(), "starts with bytes 5a 49 50 73");
        assertThatThrownBy(() -> new RawGguf().raw("GGUF").u32(1).u64(0).u64(0).read())
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("version 1");
        assertThatThrownBy(() ->
                        new RawGguf().raw("GGUF").u32(3 << 24).u64(0).u64(0).read())
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("big-endian");
    }

    @ParameterizedTest
    @ValueSource(longs = {5000, 1L << 40, Long.MAX_VALUE, -1})
    void refusesCountsThatTheFileCannotHold(long count) {
        refuses(() -> RawGguf.start(count, 0).read(), "tensor count is " + Long.toUnsignedString(count));
        refuses(() -> RawGguf.start(0, count).read(), "metadata count is " + Long.toUnsignedString(count));
        refuses(() -> RawGguf.start(0, 1).u64(count).u32(U8).pad(64).read(), "metadata key length is ");
        refuses(
                () -> RawGguf.start(0, 1).entry("k", STRING).u64(count).read(),
                "string length is " + Long.toUnsignedString(count));
        refuses(
                () -> RawGguf.start(0, 1)
                        .entry("k", ARRAY)
                        .u32(STRING)
                        .u64(count)
                        .read(),
                "array count is " + Long.toUnsignedString(count));
        refuses(
                () -> RawGguf.start(0, 1).entry("k", ARRAY).u32(U32).u64(count).read(),
                "array count is " + Long.toUnsignedString(count));
    }

    @Test
    void refusesDamagedMetadata() {
        refuses(() -> RawGguf.start(0, 1).entry("k", 13).u64(0).read(), "type of metadata k is 13, expected 0 to 12");
        refuses(() -> RawGguf.start(0, 1).entry("k", BOOL).u8(2).read(), "bool is 2, expected 0 or 1");
        refuses(
                () -> RawGguf.start(0, 1).entry("long", U32).u8(2).read(),
                "ends inside value: 4 bytes expected, 1 left");
        refuses(() -> RawGguf.start(0, 1).u64(0).u32(U8).pad(64).read(), "metadata key length is 0");
        refuses(
                () -> RawGguf.start(0, 1).u64(2).raw("a\u00ff").u32(U8).u64(0).read(),
                "metadata key before byte 34 is not UTF-8");
        refuses(
                () -> RawGguf.start(0, 2)
                        .entry("k", U8)
                        .u8(1)
                        .entry("k", U8)
                        .u8(2)
                        .read(),
                "metadata k appears twice");
        refuses(
                () -> RawGguf.start(0, 1)
                        .entry("general.alignment", U32)
                        .u32(24)
                        .read(),
                "general.alignment is 24, expected a power of two");
    }

    @Test
    void refusesArraysNestedWithoutEnd() {
        RawGguf raw = RawGguf.start(0, 1).entry("k", ARRAY);
        for (int i = 0; i < 10_000; i++) {
            raw.u32(ARRAY).u64(1);
        }
        assertThatThrownBy(raw::read)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("nested deeper than 4");
    }

    @Test
    void readsArraysOfArrays() {
        RawGguf raw = RawGguf.start(0, 1).entry("k", ARRAY).u32(ARRAY).u64(2);
        raw.u32(U8).u64(2).u8(1).u8(2).u32(STRING).u64(1).text("x");
        assertThat(raw.read().metadata().value("k")).hasToString("Optional[[[1, 2], [x]]]");
    }

    @Test
    void refusesDamagedTensors() {
        refuses(() -> RawGguf.start(1, 0).text("t").u32(5).pad(128).read(), "tensor t has 5 dimensions");
        refuses(() -> RawGguf.start(1, 0).tensor("t", 0, 0, 0).read(), "tensor t has dimension 0 of 0");
        refuses(() -> RawGguf.start(1, 0).tensor("t", 0, 0, 1L << 40, 1L << 40).read(), "fewer than 2^63 elements");
        refuses(() -> RawGguf.start(1, 0).tensor("t", 0, 0, 1L << 62).read(), "fewer than 2^63 bytes");
        refuses(() -> RawGguf.start(1, 0).tensor("t", 2, 0, 33).read(), "whole Q4_0 blocks of 32");
        refuses(() -> RawGguf.start(1, 0).tensor("t", 0, 8, 1).read(), "offset 8, expected a multiple of 32");
        refuses(() -> RawGguf.start(1, 0).tensor("t", 0, 0, 9).pad(32).pad(64).read(), "only 0 are there");
        refuses(() -> RawGguf.start(1, 0).tensor("t", 0, 1L << 62, 9).read(), "only 0 are there");
        refuses(
                () -> RawGguf.start(2, 0)
                        .tensor("t", 0, 0, 1)
                        .tensor("t", 0, 32, 1)
                        .read(),
                "tensor t appears twice");
        refuses(
                () -> RawGguf.start(2, 0)
                        .tensor("a", 0, 0, 16)
                        .tensor("b", 0, 32, 1)
                        .pad(32)
                        .raw(new byte[64])
                        .read(),
                "tensors a and b overlap");
    }

    @Test
    void refusesAnEndlessStream() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                return length;
            }
        };
        assertThatThrownBy(() -> Gguf.read("endless", endless)).isInstanceOf(CapacityException.class);
    }

    @Test
    void opensRealModelsQuickly() {
        Path path = TestData.model("gemma3-270m-q4_k_m.gguf");
        long start = System.nanoTime();
        try (Gguf file = Gguf.open(path)) {
            assertThat(file.metadata().texts("tokenizer.ggml.tokens")).hasSize(262144);
            assertThat(file.metadata().text("general.architecture")).isEqualTo("gemma3");
            for (TensorInfo info : file.tensors()) {
                assertThat(file.tensor(info.name())).isPresent();
            }
            long spent = System.nanoTime() - start;
            // Milliseconds here; the bound only catches a reader that has become quadratic.
            assertThat(spent).isLessThan(5_000_000_000L);
        }
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(FormatException.class).hasMessageContaining(message);
    }

    private static float[] values(Gguf file, String name) {
        Tensor tensor = file.tensor(name).orElseThrow();
        float[] values = new float[(int) tensor.elements()];
        Codec.of(tensor.dtype()).decode(tensor.data(), 0, MemorySegment.ofArray(values), 0, values.length);
        assertThat(tensor.dtype()).isIn((Object[]) DType.values());
        return values;
    }

    private static Gguf python() {
        try (InputStream in = GgufTest.class.getResourceAsStream("python.gguf")) {
            return Gguf.read("python.gguf", Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
