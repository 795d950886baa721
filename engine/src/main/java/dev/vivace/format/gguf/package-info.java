/// GGUF files, versions 2 and 3, little endian: reading (memory-mapped, every field checked) and writing.
///
/// Start at [Gguf][dev.vivace.format.gguf.Gguf] to read and at [GgufWriter][dev.vivace.format.gguf.GgufWriter] to
/// write.
/// [Metadata][dev.vivace.format.gguf.Metadata] holds the typed key-value part, made of
/// [MetadataValue][dev.vivace.format.gguf.MetadataValue]s of a [MetadataType][dev.vivace.format.gguf.MetadataType];
/// [TensorInfo][dev.vivace.format.gguf.TensorInfo] describes a tensor as the file declares it, in a
/// [StorageType][dev.vivace.format.gguf.StorageType].
///
/// Layout of a file, all numbers little endian; a string is a u64 length and so many bytes of UTF-8:
///
/// | part | content |
/// |---|---|
/// | header | `GGUF`, u32 version, u64 tensors, u64 metadata entries |
/// | metadata entry | string key, u32 type, value; an array is u32 element type, u64 count, elements |
/// | tensor entry | string name, u32 dimensions, u64 each (innermost first), u32 type, u64 offset of its data |
/// | padding | to the next multiple of `general.alignment` (32 unless set) |
/// | data | tensors, each at its offset from here, a multiple of the alignment |
package dev.vivace.format.gguf;
