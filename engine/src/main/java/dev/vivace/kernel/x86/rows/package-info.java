/// What works on rows element by element or group by group.
package dev.vivace.kernel.x86.rows;
