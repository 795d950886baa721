/// Measuring: what a model costs in time and what it is worth in quality.
///
/// [Perplexity] scores a text by llama.cpp's protocol. [Bench] times the tests of a [BenchPlan] as llama-bench does;
/// a [BenchResult] is one test's times, a [BenchWriter] prints them. [MachineLimits] are what no engine can exceed;
/// a [Roofline] sets each operation of a step beside them.
package dev.vivace.lab;
