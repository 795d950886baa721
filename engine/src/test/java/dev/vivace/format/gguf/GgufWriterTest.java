package dev.vivace.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.format.gguf.MetadataValue.Flag;
import dev.vivace.format.gguf.MetadataValue.Real;
import dev.vivace.format.gguf.MetadataValue.Sequence;
import dev.vivace.format.gguf.MetadataValue.Text;
import dev.vivace.format.gguf.MetadataValue.Whole;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
    @Property(tries = 200, seed = "20250302")
    void whatIsWrittenIsReadBack(@ForAll long seed) {
        Random random = new Random(seed);
        GgufWriter writer = new GgufWriter();
        List<MetadataValue> values = new ArrayList<>();
        for (int i = 0; i < random.nextInt(12); i++) {
            MetadataValue value = value(random);
            values.add(value);
            writer.put("key." + i, value);
        }
        int alignment = 1 << random.nextInt(3, 9);
        writer.u32("general.alignment", alignment);
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < random.nextInt(6); i++) {
            Tensor tensor = tensor("tensor." + i, random);
            tensors.add(tensor);
            writer.add(tensor);
        }
        try (Gguf file = Gguf.read("round trip", MemorySegment.ofArray(bytes(writer)))) {
            assertThat(file.version()).isEqualTo(3);
            assertThat(file.alignment()).isEqualTo(alignment);
            assertThat(file.metadata().keys()).hasSize(values.size() + 1);
            for (int i = 0; i < values.size(); i++) {
                assertThat(file.metadata().value("key." + i)).contains(values.get(i));
            }
            assertThat(file.tensors()).hasSameSizeAs(tensors);
            for (Tensor tensor : tensors) {
                Tensor back = file.tensor(tensor.name()).orElseThrow();
                assertThat(List.of(back.dtype(), back.rows(), back.columns()))
                        .isEqualTo(List.of(tensor.dtype(), tensor.rows(), tensor.columns()));
                assertThat(back.data().mismatch(tensor.data())).isEqualTo(-1);
                assertThat(file.info(tensor.name()).orElseThrow().offset() % alignment)
                        .isZero();
            }
        }
    }

    @Test
    void copiesAFileOfAnotherWriterValueByValue() {
        try (Gguf original = python()) {
            GgufWriter writer = new GgufWriter().putAll(original.metadata());
            for (TensorInfo info : original.tensors()) {
                info.type()
                        .dtype()
                        .ifPresent(dtype -> writer.add(
                                info.name(),
                                dtype,
                                info.dimensions(),
                                original.tensor(info.name()).orElseThrow().data()));
            }
            byte[] once = bytes(writer);
            assertThat(bytes(writer)).isEqualTo(once);
            try (Gguf copy = Gguf.read("copy", MemorySegment.ofArray(once))) {
                assertThat(copy.metadata().keys())
                        .containsExactlyElementsOf(original.metadata().keys());
                for (String key : original.metadata().keys()) {
                    assertThat(copy.metadata().value(key))
                            .isEqualTo(original.metadata().value(key));
                }
                assertThat(copy.info("cube").orElseThrow().dimensions()).containsExactly(4L, 3L, 2L);
                assertThat(copy.tensor("cube")
                                .orElseThrow()
                                .data()
                                .mismatch(original.tensor("cube").orElseThrow().data()))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void encodesValuesWhileWriting() {
        // More than one chunk, and a last one that is shorter.
        int rows = 300;
        float[] values = new float[rows * 256];
        Random random = new Random(4);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        GgufWriter writer = new GgufWriter();
        for (DType dtype : DType.values()) {
            writer.encode(dtype.name(), dtype, List.of(256L, (long) rows), MemorySegment.ofArray(values));
        }
        try (Gguf file = Gguf.read("encoded", MemorySegment.ofArray(bytes(writer)))) {
            for (DType dtype : DType.values()) {
                byte[] expected = new byte[(int) dtype.bytes(values.length)];
                Codec.of(dtype)
                        .encode(MemorySegment.ofArray(values), 0, MemorySegment.ofArray(expected), 0, values.length);
                assertThat(file.tensor(dtype.name()).orElseThrow().data().toArray(ValueLayout.JAVA_BYTE))
                        .as(dtype.name())
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void writesAFileWholeOrNotAtAll(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("model.gguf");
        new GgufWriter().text("k", "first").write(path);
        GgufWriter broken = new GgufWriter()
                .text("k", "second")
                .encode("t", DType.Q4_0, List.of(32L), MemorySegment.ofArray(new float[] {
                    0, Float.NaN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                    0
                }));
        assertThatThrownBy(() -> broken.write(path)).isInstanceOf(FormatException.class);
        try (Gguf file = Gguf.open(path)) {
            assertThat(file.metadata().text("k")).isEqualTo("first");
        }
        new GgufWriter().text("k", "third").write(path);
        try (Gguf file = Gguf.open(path)) {
            assertThat(file.metadata().text("k")).isEqualTo("third");
        }
        assertThat(folder.toFile().list()).containsExactly("model.gguf");
        assertThatThrownBy(() -> new GgufWriter().write(folder.resolve("none/model.gguf")))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("none/model.gguf");
        assertThat(Files.exists(folder.resolve("none"))).isFalse();
    }

    @Test
    void refusesWhatNoReaderWouldTake() {
        GgufWriter writer = new GgufWriter();
        MemorySegment four = MemorySegment.ofArray(new float[4]);
        refuses(() -> writer.text("", "x"), "metadata key of 0 bytes");
        refuses(() -> writer.text("k".repeat(65536), "x"), "metadata key of 65536 bytes");
        refuses(() -> writer.u32("k", -1), "whole number -1 does not fit u32");
        refuses(() -> writer.u32("k", 1L << 32), "does not fit u32");
        refuses(() -> Sequence.ofIntegers(MetadataType.I8, 1, 128), "whole number 128 does not fit i8");
        refuses(() -> writer.add("t".repeat(256), DType.F32, List.of(4L), four), "tensor name of 256 bytes");
        refuses(() -> writer.add("t", DType.F32, List.of(5L), four), "16 bytes of data, expected 20 for F32 [5]");
        refuses(() -> writer.add("t", DType.F32, List.of(0L), four), "dimensions [0] do not fit");
        refuses(() -> writer.add("t", DType.F32, List.of(4L, 1L, 1L, 1L, 1L), four), "up to 4 sizes");
        refuses(() -> writer.encode("t", DType.Q4_0, List.of(4L), four), "a multiple of 32");
        long large = Integer.MAX_VALUE;
        refuses(() -> writer.add("t", DType.F32, List.of(large, large, large), four), "too large");
        writer.add("t", DType.F32, List.of(4L), four);
        refuses(() -> writer.add("t", DType.F32, List.of(4L), four), "added twice");
        writer.u32("general.alignment", 3);
        assertThatThrownBy(() -> bytes(writer))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("power of two");
    }

    private static void refuses(Runnable call, String message) {
        assertThatThrownBy(call::run).isInstanceOf(OptionException.class).hasMessageContaining(message);
    }

    private static MetadataValue value(Random random) {
        List<MetadataType> wholes =
                Stream.of(MetadataType.values()).filter(MetadataType::isWhole).toList();
        MetadataType type = wholes.get(random.nextInt(wholes.size()));
        return switch (random.nextInt(7)) {
            case 0 -> new Whole(type, whole(type, random));
            case 1 -> new Real(random.nextBoolean() ? MetadataType.F32 : MetadataType.F64, random.nextGaussian());
            case 2 -> new Flag(random.nextBoolean());
            case 3 -> new Text(text(random));
            case 4 ->
                Sequence.ofTexts(IntStream.range(0, random.nextInt(9))
                        .mapToObj(i -> text(random))
                        .toList());
            case 5 ->
                Sequence.ofIntegers(
                        type,
                        IntStream.range(0, random.nextInt(9))
                                .mapToLong(i -> whole(type, random))
                                .toArray());
            default -> Sequence.ofReals((float) random.nextGaussian(), Float.NEGATIVE_INFINITY);
        };
    }

    private static long whole(MetadataType type, Random random) {
        long bits = random.nextLong();
        return switch (type) {
            case U8 -> bits & 0xFF;
            case I8 -> (byte) bits;
            case U16 -> bits & 0xFFFF;
            case I16 -> (short) bits;
            case U32 -> bits & 0xFFFF_FFFFL;
            case I32 -> (int) bits;
            case U64, I64, F32, F64, BOOL, STRING, ARRAY -> bits;
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < random.nextInt(20); i++) {
            int codePoint = random.nextInt(0x10000 - 0x800);
            text.appendCodePoint(codePoint < 0xD800 ? codePoint : codePoint + 0x800);
        }
        return text.toString();
    }

    private static Tensor tensor(String name, Random random) {
        DType dtype = DType.values()[random.nextInt(DType.values().length)];
        int rows = 1 + random.nextInt(4);
        int columns = (1 + random.nextInt(3)) * dtype.blockElements();
        byte[] data = new byte[(int) dtype.bytes((long) rows * columns)];
        random.nextBytes(data);
        return new Tensor(name, dtype, rows, columns, MemorySegment.ofArray(data));
    }

    private static byte[] bytes(GgufWriter writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static Gguf python() {
        try (InputStream in = GgufWriterTest.class.getResourceAsStream("python.gguf")) {
            return Gguf.read("python.gguf", Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
