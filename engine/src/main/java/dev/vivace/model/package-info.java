/// Decoder models: their shapes, their weights' names, and one short file for each family.
///
/// - [DecoderSpec][dev.vivace.model.DecoderSpec], [LayerSpec][dev.vivace.model.LayerSpec],
///   [Rope][dev.vivace.model.Rope]: shapes, as plain data.
/// - [Checkpoint][dev.vivace.model.Checkpoint]: shape and named weights before they are packed.
/// - [Families][dev.vivace.model.Families]: the families that can be read: `Llama`, `Gemma3`.
///
/// To add a family: one file that turns a GGUF file's metadata into a shape, and a line in `Families`.
package dev.vivace.model;
