/// A small, strict JSON (RFC 8259) reader and writer, so that the engine needs no library for the headers and
/// configurations of model files.
///
/// [Json][dev.vivace.format.json.Json] reads and writes, [JsonValue][dev.vivace.format.json.JsonValue] is what
/// comes of
/// it. Depth, length and the number of values are limited before anything is allocated, so that any input ends
/// in a value
/// or in one sentence with line and column.
package dev.vivace.format.json;
