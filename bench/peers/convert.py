"""Another weight format for a GGUF file, by llama.cpp's own quantizer, also from a quantized file."""
import ctypes as C, os, re, sys
from llama_cpp import B, I, P, fields, libraries

# llama_ftype of llama.h.
TYPES = {"F32": 0, "F16": 1, "Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "Q5_0": 8, "Q5_1": 9, "Q3_K_M": 12, "Q4_K_S": 14,
         "Q4_K_M": 15, "Q5_K_S": 16, "Q5_K_M": 17, "Q6_K": 18, "BF16": 32}

class Parameters(C.Structure):       # llama_model_quantize_params; what follows the fields that we set is left alone
    _fields_ = fields(I, "threads ftype output_type embedding_type") \
        + fields(B, "allow_requantize quantize_output only_copy pure") + [("rest", P * 32)]

def convert(home, source, kind, target):
    folder, ggml, llm = libraries(home)
    log = C.CFUNCTYPE(None, I, C.c_char_p, P)(
        lambda level, text, data: level >= 4 and sys.stderr.write(text.decode(errors="replace")))
    llm.llama_log_set(log, None)
    ggml.ggml_backend_load_all_from_path(folder.encode())
    llm.llama_model_quantize_default_params.restype = Parameters
    llm.llama_model_quantize.argtypes = [C.c_char_p, C.c_char_p, C.POINTER(Parameters)]
    llm.llama_model_quantize.restype = C.c_uint32
    p = llm.llama_model_quantize_default_params()
    seen = (p.threads, p.allow_requantize, p.quantize_output, p.only_copy, p.pure)
    if seen != (0, False, True, False, False) or p.output_type != p.embedding_type:
        sys.exit(f"llama.cpp's structures have changed {seen}: compare convert.py with this release's llama.h")
    p.ftype, p.allow_requantize = TYPES[kind], True
    part = target + ".part"
    if llm.llama_model_quantize(source.encode(), part.encode(), C.byref(p)):
        sys.exit(f"bench/peers/convert: llama.cpp cannot make {kind} of {source}")
    os.replace(part, target)
    print(target)

def main(home, source, kind, target=None):
    if kind not in TYPES: sys.exit(f"bench/peers/convert: no type '{kind}', expected one of {' '.join(TYPES)}")
    if not os.path.isfile(source): sys.exit(f"bench/peers/convert: no such model file: {source}")
    name = os.path.basename(source).removesuffix(".gguf")
    for other in TYPES: name = re.sub(f"[-.]{other}$", "", name, flags=re.IGNORECASE)
    target = target or os.path.expanduser(f"~/.cache/vivace/bench/{name}-{kind.lower()}.gguf")
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    convert(home, source, kind, target)

if __name__ == "__main__": main(*sys.argv[1:])
