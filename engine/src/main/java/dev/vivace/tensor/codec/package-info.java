/// Rows of weights to f32 and back, one storage format per file, each with its byte layout.
///
/// [Codec][dev.vivace.tensor.codec.Codec] is the only entry: `Codec.of(dtype)`. Every codec is a plain scalar
/// loop: it
/// is
/// what conversion tools use and what faster kernels are compared with. To add a format, add its
/// [DType][dev.vivace.tensor.DType], a final class here beside the others with its layout in the class comment,
/// and its
/// line in `Codec.of`; extend the script that makes the golden blocks of the tests.
///
/// | format | bits a weight | levels |
/// |---|---|---|
/// | F32, F16, BF16 | 32, 16, 16 | floating point |
/// | Q8_0 | 8.5 | symmetric, a scale every 32 |
/// | Q6_K | 6.5625 | symmetric, a scale every 16, scales quantized every 256 |
/// | Q5_1, Q5_0 | 6, 5.5 | affine, symmetric, every 32 |
/// | Q5_K | 5.5 | affine every 32, scales and minima quantized every 256 |
/// | Q4_1, Q4_0 | 5, 4.5 | affine, symmetric, every 32 |
/// | Q4_K | 4.5 | affine every 32, scales and minima quantized every 256 |
package dev.vivace.tensor.codec;
