"""Golden blocks for the codec tests, made with the Python package `gguf` (tried with 0.19.0).

    pip install gguf numpy
    python3 engine/src/test/python/codec_golden.py

Writes, below engine/src/test/resources/dev/vivace/tensor/codec:
  <type>.decode.bin  encoded blocks of 512 elements, then the 512 f32 they stand for
  <type>.encode.bin  512 f32, then the encoded blocks (only types that the package can encode)
"""

import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as Type, quants

ELEMENTS = 512
OUT = pathlib.Path(__file__).parents[1] / "resources/dev/vivace/tensor/codec"
# Byte offsets of f16 fields in a block: random bits there could be NaN or infinity.
HALVES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}


def random_blocks(kind, rng):
    size, width = GGML_QUANT_SIZES[kind]
    blocks = rng.integers(0, 256, (ELEMENTS // size, width), dtype=np.uint8)
    for at in HALVES[kind]:
        scale = rng.normal(0, 1, len(blocks)) * 10.0 ** rng.integers(-7, 3, len(blocks))
        blocks[:, at:at + 2] = scale.astype(np.float16).view(np.uint8).reshape(-1, 2)
    return blocks.reshape(-1)


def awkward_values(rng):
    x = rng.normal(0, 1, (ELEMENTS // 32, 32)).astype(np.float32)
    x *= (10.0 ** rng.integers(-4, 3, (len(x), 1))).astype(np.float32)
    x[0] = 0
    x[1] = 0.75
    x[2] = -3
    x[3] = np.arange(32) - 16
    x[4] = np.abs(x[4])
    x[5] = -np.abs(x[5])
    x[6, 1:] = 0
    x[7] = np.linspace(-127, 127, 32)
    x[8] = np.repeat([-1, 1], 16)
    x[9] *= 1e-6
    return x.reshape(-1)


def main():
    rng = np.random.default_rng(20240817)
    OUT.mkdir(parents=True, exist_ok=True)
    values = awkward_values(rng)
    for kind in [Type.F16, Type.BF16, *HALVES]:
        name = kind.name.lower()
        if kind in HALVES:
            encoded = random_blocks(kind, rng)
        else:
            encoded = rng.integers(0, 65536, ELEMENTS, dtype=np.uint16)
            wide = encoded.view(np.float16) if kind == Type.F16 else (encoded.astype(np.uint32) << 16).view(np.float32)
            encoded[np.isnan(wide)] = 0
            encoded = encoded.view(np.uint8)
        decoded = quants.dequantize(encoded, kind).astype(np.float32)
        (OUT / f"{name}.decode.bin").write_bytes(encoded.tobytes() + decoded.tobytes())
        try:
            made = quants.quantize(values, kind)
        except NotImplementedError:
            continue
        (OUT / f"{name}.encode.bin").write_bytes(values.tobytes() + made.tobytes())


main()
