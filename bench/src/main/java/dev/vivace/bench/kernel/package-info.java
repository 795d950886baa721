/// Benchmarks of `dev.vivace.kernel`: [MultiplyBenchmark] (weights times rows), [AttentionBenchmark], [RowBenchmark]
/// (norm, rotation, gate, preparing inputs). Each verifies its kernels against the scalar ones first, and counts what
/// share of the machine's limits they reach ([KernelRates]).
///
/// Run one by its name through JMH's own `main`, on a quiet machine; quote ratios only.
package dev.vivace.bench.kernel;
