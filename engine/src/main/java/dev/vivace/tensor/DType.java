package dev.vivace.tensor;

/// How the numbers of a tensor are stored. Quantized types hold blocks of [#blockElements] consecutive elements of a
/// row
/// in [#blockBytes] bytes; the layouts are those of GGUF and are written out beside each codec.
public enum DType {
    /// IEEE 754 binary32, little endian.
    F32(0, 1, 4),
    /// IEEE 754 binary16, little endian.
    F16(1, 1, 2),
    /// 4-bit levels with one f16 scale a block: `x = d * (q - 8)`.
    Q4_0(2, 32, 18),
    /// 4-bit levels with an f16 scale and an f16 minimum a block: `x = d * q + m`.
    Q4_1(3, 32, 20),
    /// 5-bit levels with one f16 scale a block: `x = d * (q - 16)`.
    Q5_0(6, 32, 22),
    /// 5-bit levels with an f16 scale and an f16 minimum a block: `x = d * q + m`.
    Q5_1(7, 32, 24),
    /// 8-bit levels with one f16 scale a block: `x = d * q`.
    Q8_0(8, 32, 34),
    /// 4-bit levels in super-blocks of 8 x 32, 6-bit scales and minima.
    Q4_K(12, 256, 144),
    /// 5-bit levels in super-blocks of 8 x 32, 6-bit scales and minima.
    Q5_K(13, 256, 176),
    /// 6-bit levels in super-blocks of 16 x 16, 8-bit scales.
    Q6_K(14, 256, 210),
    /// The upper half of an IEEE 754 binary32, little endian.
    BF16(30, 1, 2);

    private final int ggufId;
    private final int blockElements;
    private final int blockBytes;

    DType(int ggufId, int blockElements, int blockBytes) {
        this.ggufId = ggufId;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /// The number that stands for this type in a GGUF file.
    public int ggufId() {
        return ggufId;
    }

    /// Elements in one block; 1 for the plain types.
    public int blockElements() {
        return blockElements;
    }

    /// Bytes of one block.
    public int blockBytes() {
        return blockBytes;
    }

    /// Bytes of `elements` consecutive elements, a multiple of [#blockElements].
    public long bytes(long elements) {
        assert elements % blockElements == 0 : name() + " elements=" + elements;
        return elements / blockElements * blockBytes;
    }

    /// Whether a row is stored in blocks of several elements.
    public boolean isQuantized() {
        return blockElements > 1;
    }
}
