/// Checkpoints of llama2.c, converted to GGUF. [Llama2c][dev.vivace.format.llama2c.Llama2c] made the small
/// model that
/// comes inside the engine's jar, `dev/vivace/stories260k.gguf`.
package dev.vivace.format.llama2c;
