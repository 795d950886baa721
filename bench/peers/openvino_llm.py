"""OpenVINO GenAI on a GGUF file: continuous batching, prefix cache off, precision as the CPU plugin chooses it."""
import time
import numpy as np, openvino as ov, openvino_genai as genai

class Engine:
    def __init__(self, model, threads, sequences, context, home, variant=None):
        s = genai.SchedulerConfig()
        s.enable_prefix_caching, s.cache_size, s.max_num_seqs = False, 1, max(sequences, 1)
        s.max_num_batched_tokens = 512                       # the default, 256, cuts a 512-token prompt in two
        options = {"INFERENCE_NUM_THREADS": threads} | ({"INFERENCE_PRECISION_HINT": variant} if variant else {})
        try: self.pipe = genai.LLMPipeline(model, "CPU", scheduler_config=s, **options)
        except RuntimeError as e:
            raise SystemExit(f"OpenVINO GenAI cannot load {model}: {str(e).strip().splitlines()[-1]}")
        self.vocab = len(self.pipe.get_tokenizer().get_vocab())
        self.version = ov.__version__.split("-")[0]
        bf16 = "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        flags = open("/proc/cpuinfo").read()
        found = (f.upper() for f in ("avx512_vnni", "avx_vnni", "avx2") if f in flags)
        self.isa = "AMX" if bf16 and "amx_bf16" in flags else next(found, "baseline")

    def run(self, prompt, tokens, sequences=1):
        ids = np.random.randint(0, self.vocab, (sequences, prompt)).astype(np.int64)
        c = genai.GenerationConfig(max_new_tokens=tokens, ignore_eos=True, do_sample=False,
                                   apply_chat_template=False)
        start = time.perf_counter()
        out = self.pipe.generate(genai.TokenizedInputs(ov.Tensor(ids), ov.Tensor(np.ones_like(ids))), c)
        return out.perf_metrics.raw_metrics, time.perf_counter() - start

    def prefill(self, n): return n / self.run(n, 1)[1]

    def generate(self, n, sequences=1, prompt=1):
        """Tokens per second over the steps in which every sequence decoded: prompts are over, none has finished."""
        steps = self.run(prompt, n + 1, sequences)[0]
        full = [ms for ms, size in zip(steps.m_new_token_times, steps.m_batch_sizes) if size == sequences]
        return sequences * (len(full) - 1) * 1000 / (full[-1] - full[0])

    def first_token(self, n): self.run(n, 1)
