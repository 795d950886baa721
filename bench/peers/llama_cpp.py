"""llama.cpp through ctypes: the shared libraries of the npm package @node-llama-cpp/linux-x64, no Node.js involved."""
import ctypes as C, glob, random, re, time

P, B, I, U, F = C.c_void_p, C.c_bool, C.c_int32, C.c_uint32, C.c_float
BATCH = 2048                         # rows that one call may carry

def fields(kind, names): return [(name, kind) for name in names.split()]

# llama.h of llama.cpp 0.5.0; Engine checks the defaults, so a shifted field is noticed.
class ModelParams(C.Structure):
    _fields_ = fields(P, "devices overrides") + fields(I, "gpu_layers split_mode load_mode lazy_mode main_gpu") \
        + fields(P, "tensor_split progress progress_data kv_overrides") \
        + fields(B, "vocab_only check_tensors use_extra_bufts no_host no_alloc load_mtp")

class ContextParams(C.Structure):
    _fields_ = fields(U, "n_ctx n_batch n_ubatch n_seq_max n_rs_seq outputs_max outputs_max_per_seq") \
        + fields(I, "n_threads n_threads_batch ctx_type rope_scaling pooling attention flash_attn") \
        + fields(F, "rope_base rope_scale yarn_ext yarn_attn yarn_fast yarn_slow") \
        + [("yarn_orig_ctx", U), ("defrag", F), ("cb_eval", P), ("cb_eval_data", P), ("type_k", I), ("type_v", I),
           ("abort", P), ("abort_data", P)] \
        + fields(B, "embeddings offload_kqv no_perf op_offload swa_full kv_unified") \
        + [("samplers", P), ("n_samplers", C.c_size_t), ("ctx_other", P)]

class Batch(C.Structure):
    _fields_ = [("n", I), ("token", C.POINTER(I)), ("embd", P), ("pos", C.POINTER(I)), ("n_seq", C.POINTER(I)),
                ("seq", C.POINTER(C.POINTER(I))), ("logits", C.POINTER(C.c_int8))]

FUNCTIONS = {
    "llama_model_default_params": (ModelParams, []), "llama_context_default_params": (ContextParams, []),
    "llama_model_load_from_file": (P, [C.c_char_p, ModelParams]), "llama_init_from_model": (P, [P, ContextParams]),
    "llama_get_memory": (P, [P]), "llama_memory_clear": (None, [P, B]), "llama_memory_seq_rm": (B, [P, I, I, I]),
    "llama_decode": (I, [P, Batch]), "llama_synchronize": (None, [P]), "llama_batch_init": (Batch, [I, I, I]),
    "llama_model_get_vocab": (P, [P]), "llama_vocab_n_tokens": (I, [P]),
    "llama_print_system_info": (C.c_char_p, []), "llama_version": (C.c_char_p, []),
}
ISA = [("AMX_INT8", "AMX"), ("AVX512_VNNI", "AVX512_VNNI"), ("AVX512", "AVX512"), ("AVX_VNNI", "AVX_VNNI"),
       ("AVX2", "AVX2")]

def libraries(home):
    """The folder of the shared libraries, ggml's and llama's."""
    folder = home + "/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64"
    ggml = C.CDLL(glob.glob(folder + "/libggml.v*.so")[0], C.RTLD_GLOBAL)
    return folder, ggml, C.CDLL(glob.glob(folder + "/libllama.v*.so")[0])

class Engine:
    def __init__(self, model, threads, sequences, context, home, variant=None):
        folder, ggml, self.llm = libraries(home)
        llm = self.llm
        self.log = C.CFUNCTYPE(None, I, C.c_char_p, P)(lambda level, text, data: None)
        llm.llama_log_set(self.log, None)
        if variant:                  # one named build of the CPU kernels, such as cooperlake: AVX-512 but no AMX
            ggml.ggml_backend_load.restype = P
            if not ggml.ggml_backend_load(f"{folder}/libggml-cpu-{variant}.so".encode()):
                raise SystemExit(f"no CPU variant '{variant}' for this machine")
        else:                        # the best that this CPU supports
            ggml.ggml_backend_load_all_from_path(folder.encode())
        for name, (result, arguments) in FUNCTIONS.items():
            getattr(llm, name).restype, getattr(llm, name).argtypes = result, arguments
        mp, cp = llm.llama_model_default_params(), llm.llama_context_default_params()
        seen = (cp.n_ubatch, cp.flash_attn, cp.type_k, cp.offload_kqv, cp.n_samplers, mp.use_extra_bufts, mp.vocab_only)
        if seen != (512, -1, 1, True, 0, True, False):
            raise SystemExit("llama.cpp's structures have changed: compare llama_cpp.py with this release's llama.h")
        mp.gpu_layers = 0
        self.model = llm.llama_model_load_from_file(model.encode(), mp)
        if not self.model: raise SystemExit(f"llama.cpp cannot load {model}")
        cp.n_ctx, cp.n_batch, cp.n_seq_max = max(512, context * sequences), BATCH, sequences
        cp.n_threads = cp.n_threads_batch = threads
        cp.flash_attn, cp.offload_kqv, cp.kv_unified = 1, False, False
        self.ctx = llm.llama_init_from_model(self.model, cp)
        if not self.ctx: raise SystemExit("llama.cpp cannot create a context")
        self.mem = llm.llama_get_memory(self.ctx)
        self.vocab = llm.llama_vocab_n_tokens(llm.llama_model_get_vocab(self.model))
        self.batch, self.stored = llm.llama_batch_init(BATCH, 0, 1), None
        info = llm.llama_print_system_info().decode()
        self.isa = next((name for flag, name in ISA if re.search(rf"\b{flag} = 1", info)), "baseline")
        build = re.search(r"libggml-cpu-(\w+)\.so", open("/proc/self/maps").read())[1]
        self.version = f"{llm.llama_version().decode()} {build}"

    def decode(self, rows):
        """Each row is (sequence, position, whether logits are wanted); the tokens are random."""
        b = self.batch
        for at in range(0, len(rows), BATCH):
            part = rows[at:at + BATCH]
            for i, (s, p, out) in enumerate(part):
                b.token[i], b.pos[i], b.n_seq[i], b.seq[i][0], b.logits[i] = random.randrange(self.vocab), p, 1, s, out
            b.n = len(part)
            if self.llm.llama_decode(self.ctx, b): raise SystemExit("llama_decode failed")
        self.llm.llama_synchronize(self.ctx)

    def prefill(self, n):
        """Tokens per second of one prompt."""
        self.stored = None
        self.llm.llama_memory_clear(self.mem, False)
        rows = [(0, p, p == n - 1) for p in range(n)]
        start = time.perf_counter(); self.decode(rows)
        return n / (time.perf_counter() - start)

    def generate(self, n, sequences=1, prompt=0):
        """Tokens per second of n steps, each one token for every sequence, after the untimed prompts."""
        self.store(sequences, prompt)
        start = time.perf_counter()
        for p in range(prompt, prompt + n): self.decode([(s, p, True) for s in range(sequences)])
        return n * sequences / (time.perf_counter() - start)

    def store(self, sequences, prompt):
        """Leaves exactly `prompt` tokens of each sequence in the cache: those of the run before where it can."""
        cut = lambda s: self.llm.llama_memory_seq_rm(self.mem, s, prompt, -1)
        if self.stored == (sequences, prompt) and all(cut(s) for s in range(sequences)): return
        self.llm.llama_memory_clear(self.mem, False)
        for s in range(sequences if prompt else 0): self.decode([(s, p, p == prompt - 1) for p in range(prompt)])
        self.stored = (sequences, prompt)

    def first_token(self, n): self.prefill(n)     # greedy choice among the logits costs nothing beside it
