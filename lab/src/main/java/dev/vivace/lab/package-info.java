/// Measuring: what a model costs in time and what it is worth in quality.
package dev.vivace.lab;
