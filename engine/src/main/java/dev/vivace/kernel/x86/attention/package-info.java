/// Softmax attention over spans of the cache.
package dev.vivace.kernel.x86.attention;
