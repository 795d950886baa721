/// Numbers in memory: element types, tensors as files hold them, and the f32 matrices that a step works on.
///
/// A [Tensor][dev.vivace.tensor.Tensor] is weights in a file's own encoding, read-only and usually memory-mapped. A
/// [Matrix][dev.vivace.tensor.Matrix] is activations: f32, row-major, native memory, reused from step to step.
package dev.vivace.tensor;
