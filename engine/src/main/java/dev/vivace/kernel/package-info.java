/// The arithmetic of a step: one interface, [Kernels][dev.vivace.kernel.Kernels], with one implementation for
/// each level of machine ([Isa][dev.vivace.kernel.Isa]), and the pool of [Workers][dev.vivace.kernel.Workers]
/// that runs slices of it.
///
/// - `scalar`: plain loops, the oracle that every other level is tested against.
/// - `vector`: the Vector API twins, loaded only where the incubator module is present.
///
/// Rule of numerics: a row's result depends on its [Phase][dev.vivace.kernel.Phase] and its own data only, bit
/// for bit, never on the rows beside it, the slice of outputs, or the number of workers.
package dev.vivace.kernel;
