/// Benchmarks of `dev.vivace.kernel`: [MultiplyBenchmark][dev.vivace.bench.kernel.MultiplyBenchmark].
///
/// Run one by its name through JMH's own `main`, on a quiet machine; quote ratios only.
package dev.vivace.bench.kernel;
