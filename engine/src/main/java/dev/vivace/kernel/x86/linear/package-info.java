/// Weights: packing, decoding a row, multiplying.
package dev.vivace.kernel.x86.linear;
