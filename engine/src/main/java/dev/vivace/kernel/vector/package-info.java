/// The kernels on the Vector API, at the machine's preferred width: loaded only where the incubator module
/// `jdk.incubator.vector` is present, by name, so that nothing links to it elsewhere.
///
/// [VectorKernels][dev.vivace.kernel.vector.VectorKernels] is the door. `VectorMultiply` walks tiles of outputs
/// and rows; one `RowFormat` for each storage format decodes weights and takes dot products, `Panel` multiplies
/// decoded weights; `VectorRows`, `VectorAttention` (with `AttentionStage` and `AttentionSums`) and
/// `VectorMath` are the rest; `Lanes` holds species and the few building blocks.
///
/// How bits stay the same: a dot product of one row and one output always runs through the same accumulators in
/// the same order, however many rows and outputs share a tile, and is added up over lanes by a fixed tree
/// (`reduceLanes` leaves the order open, so it is not used for sums). Rows of the prefill phase run decoded
/// weights through `Panel`, rows of the decode and verify phases the fused dot products of the format; nothing
/// else decides.
///
/// To add a format: write its `RowFormat` and name it in `RowFormat.of`.
package dev.vivace.kernel.vector;
