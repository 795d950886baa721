"""A small GGUF file made with the Python package `gguf` (tried with 0.19.0): every metadata type, several tensors.

    pip install gguf numpy
    python3 engine/src/test/python/gguf_golden.py

Writes engine/src/test/resources/dev/vivace/format/gguf/python.gguf.
"""

import pathlib

import numpy as np
from gguf import GGMLQuantizationType as Type, GGUFWriter, quants

OUT = pathlib.Path(__file__).parents[1] / "resources/dev/vivace/format/gguf/python.gguf"


def main():
    OUT.parent.mkdir(parents=True, exist_ok=True)
    w = GGUFWriter(OUT, "llama")
    w.add_uint8("a.u8", 250)
    w.add_int8("a.i8", -5)
    w.add_uint16("a.u16", 65000)
    w.add_int16("a.i16", -30000)
    w.add_uint32("a.u32", 4_000_000_000)
    w.add_int32("a.i32", -2_000_000_000)
    w.add_float32("a.f32", 0.1)
    w.add_bool("a.yes", True)
    w.add_bool("a.no", False)
    w.add_string("a.text", "h\u00e9llo \u2581 \U0001f600")
    w.add_uint64("a.u64", 2**64 - 1)
    w.add_int64("a.i64", -(2**63))
    w.add_float64("a.f64", 1e-300)
    w.add_array("b.texts", ["", "a", "\u00fc\u2581", "<0x0A>"])
    w.add_array("b.integers", [1, -2, 3])
    w.add_array("b.reals", [0.5, -1.25])
    w.add_array("b.flags", [True, False])
    w.add_tensor("vector", np.arange(5, dtype=np.float32))
    w.add_tensor("matrix.f16", np.arange(12, dtype=np.float16).reshape(3, 4))
    w.add_tensor("cube", np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    q8 = quants.quantize(np.linspace(-1, 1, 128, dtype=np.float32).reshape(2, 64), Type.Q8_0)
    w.add_tensor("matrix.q8", q8, raw_dtype=Type.Q8_0)
    w.add_tensor("numbers.i32", np.arange(7, dtype=np.int32))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


main()
