/// The kernels in plain loops: the oracle that every other level is tested against, and the product's path on a
/// virtual machine without the Vector API module.
///
/// [ScalarKernels][dev.vivace.kernel.scalar.ScalarKernels] is the door; one file a concern: `ScalarMultiply`
/// (weights), `ScalarRows` (norms, rotation, activations), `ScalarAttention`. To stay an oracle they keep to
/// the formulas: what they do for speed is to decode a weight row once for all rows of a slice, and to sum in
/// eight chains.
package dev.vivace.kernel.scalar;
