"""Makes the tiny random models that the transformer runtime is tested on: GGUF files and the logits that Python's
`transformers` computes for them. See README.md beside this file."""

import argparse
import re
import struct
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM

import numpy_oracle

RESOURCES = Path(__file__).resolve().parents[1] / "resources/dev/vivace/model"
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6  # token types of GGUF


def llama(seed, rope=None, context=64, vocab=99, **config):
    """A Llama; `rope` is the `rope_parameters` of transformers."""
    rope = {"rope_theta": 10000.0, "rope_type": "default"} | (rope or {})
    config = LlamaConfig(vocab_size=vocab, max_position_embeddings=context, rope_parameters=rope,
                         attn_implementation="eager", **config)
    torch.manual_seed(seed)
    return LlamaForCausalLM(config)


def gemma(seed, pattern=6, local_base=10000.0, factor=None, context=64, vocab=100, **config):
    """A Gemma 3 without pictures; each `pattern`-th layer is global, and `factor` stretches those layers' positions."""
    stretched = {"rope_type": "linear", "factor": factor} if factor else {"rope_type": "default"}
    rope = {"full_attention": {"rope_theta": 1e6} | stretched,
            "sliding_attention": {"rope_theta": local_base, "rope_type": "default"}}
    layers = config["num_hidden_layers"]
    kinds = ["full_attention" if (i + 1) % pattern == 0 else "sliding_attention" for i in range(layers)]
    config = Gemma3TextConfig(vocab_size=vocab, max_position_embeddings=context, rope_parameters=rope,
                              layer_types=kinds, sliding_window_pattern=pattern, attn_implementation="eager", **config)
    torch.manual_seed(seed)
    return Gemma3ForCausalLM(config)


YARN = dict(hidden_size=24, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            head_dim=24, tie_word_embeddings=True)
MODELS = {
    # Llama 1 and 2: every head has keys and values of its own, and the head's matrix is not the embedding.
    "llama2-mha": lambda: llama(1, hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
                                num_key_value_heads=4),
    # Llama 3: heads share keys and values.
    "llama3-gqa": lambda: llama(2, dict(rope_theta=500000.0), hidden_size=32, intermediate_size=33,
                                num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, rms_norm_eps=1e-3),
    # SmolLM2: nine heads on three, the head's matrix is the embedding.
    "llama-tied": lambda: llama(3, dict(rope_theta=100000.0), hidden_size=36, intermediate_size=30, num_hidden_layers=2,
                                num_attention_heads=9, num_key_value_heads=3, rms_norm_eps=1e-5,
                                tie_word_embeddings=True),
    # Sizes that are no multiple of a vector's, and heads wider than width / heads.
    "llama-odd": lambda: llama(4, vocab=103, hidden_size=12, intermediate_size=172, num_hidden_layers=2,
                               num_attention_heads=6, num_key_value_heads=3, head_dim=6, tie_word_embeddings=True),
    "llama-one-kv-head": lambda: llama(5, vocab=101, hidden_size=25, intermediate_size=31, num_hidden_layers=2,
                                       num_attention_heads=5, num_key_value_heads=1, head_dim=10,
                                       tie_word_embeddings=True),
    "llama-linear": lambda: llama(6, dict(rope_type="linear", factor=4.0), hidden_size=24, intermediate_size=40,
                                  num_hidden_layers=2, num_attention_heads=3, num_key_value_heads=1),
    "llama-yarn": lambda: llama(7, dict(rope_type="yarn", rope_theta=500.0, factor=4.0,
                                        original_max_position_embeddings=32), context=128, **YARN),
    # All of YaRN's knobs set.
    "llama-yarn-knobs": lambda: llama(8, dict(rope_type="yarn", rope_theta=500.0, factor=4.0, beta_fast=3.0,
                                              beta_slow=0.25, attention_factor=1.3,
                                              original_max_position_embeddings=32), context=128, **YARN),
    "llama-rope3": lambda: llama(9, dict(rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0,
                                         high_freq_factor=4.0, original_max_position_embeddings=32), context=256,
                                 hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
                                 num_key_value_heads=1, tie_word_embeddings=True),
    "gemma3": lambda: gemma(10, hidden_size=20, intermediate_size=28, num_hidden_layers=6, num_attention_heads=2,
                            num_key_value_heads=1, head_dim=12, query_pre_attn_scalar=12, sliding_window=8),
    # The keys that real files mostly leave out: the pattern, the local base, the stretch of the global layers.
    "gemma3-linear": lambda: gemma(11, pattern=3, local_base=2000.0, factor=8.0, hidden_size=24, intermediate_size=24,
                                   num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, head_dim=8,
                                   query_pre_attn_scalar=8, sliding_window=5, rms_norm_eps=1e-3),
    # Gemma 3 27B, known by its 62 layers, divides by the root of width / heads and not by that of the head's width.
    "gemma3-62-layers": lambda: gemma(12, hidden_size=8, intermediate_size=4, num_hidden_layers=62,
                                      num_attention_heads=1, num_key_value_heads=1, head_dim=4,
                                      query_pre_attn_scalar=8, sliding_window=8, rms_norm_eps=1e-3),
}


def randomize(model, seed):
    """Weights that keep the signal alive through all layers, and norms that are not all ones."""
    random = torch.Generator().manual_seed(1000 + seed)
    is_gemma = model.config.model_type.startswith("gemma")
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=random)
        if weight.dim() == 1:
            weight.data = 0.3 * noise + (0 if is_gemma else 1)
            if is_gemma and re.search("post_.*_layernorm", name):  # small steps keep rounding small in 62 layers
                weight.data = (1 + weight.data) * (2 / model.config.num_hidden_layers) ** 0.5 - 1
        elif "embed_tokens" in name:
            weight.data = 0.5 * noise
        else:
            gain = 1.6 if "q_proj" in name or "k_proj" in name else 1.0
            weight.data = gain * noise / weight.shape[1] ** 0.5


def vocabulary(config):
    """Printable ASCII, one character a token, under the model's special tokens; as SentencePiece files have it."""
    if config.model_type.startswith("gemma"):
        special = [("<pad>", CONTROL), ("<eos>", CONTROL), ("<bos>", CONTROL), ("<unk>", UNKNOWN)]
    else:
        special = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    pieces = special + [("<0x0A>", BYTE), ("\u2581", NORMAL)] + [(chr(c), NORMAL) for c in range(33, 127)]
    pieces += [("\u2581t", NORMAL), ("he", NORMAL), ("in", NORMAL), ("\u2581the", NORMAL)]
    pieces = pieces[:config.vocab_size]
    assert len(pieces) == config.vocab_size, (len(pieces), config.vocab_size)
    scores = [0.0 if kind != NORMAL else -float(i) for i, (_, kind) in enumerate(pieces)]
    return [text for text, _ in pieces], scores, [kind for _, kind in pieces]


def interleave(weight, heads):
    """Rows of a query or key matrix from halves (i beside i + d/2) to neighbours (2i beside 2i + 1), head by head."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def llama3_factors(rope, head_dim):
    """What each frequency is divided by, as `rope_freqs.weight` holds it."""
    frequency = rope["rope_theta"] ** -(np.arange(0, head_dim, 2, dtype=np.float64) / head_dim)
    turns = rope["original_max_position_embeddings"] * frequency / (2 * np.pi)
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    smooth = np.clip((turns - low) / (high - low), 0, 1)
    return (1 / ((1 - smooth) / rope["factor"] + smooth)).astype(np.float32)


def write_metadata(w, name, config):
    arch = "gemma3" if config.model_type.startswith("gemma") else "llama"
    is_gemma = arch == "gemma3"
    w.add_string("general.name", name)
    for key, value in {
        "context_length": config.max_position_embeddings,
        "embedding_length": config.hidden_size,
        "block_count": config.num_hidden_layers,
        "feed_forward_length": config.intermediate_size,
        "attention.head_count": config.num_attention_heads,
        "attention.head_count_kv": config.num_key_value_heads,
        "attention.key_length": config.head_dim,
        "attention.value_length": config.head_dim,
        "vocab_size": config.vocab_size,
    }.items():
        w.add_uint32(f"{arch}.{key}", value)
    w.add_float32(f"{arch}.attention.layer_norm_rms_epsilon", config.rms_norm_eps)
    rope = config.rope_parameters["full_attention"] if is_gemma else config.rope_parameters
    w.add_float32(f"{arch}.rope.freq_base", rope["rope_theta"])
    if is_gemma:
        w.add_uint32("gemma3.attention.sliding_window", config.sliding_window)
        if config._sliding_window_pattern != 6:
            w.add_uint32("gemma3.attention.sliding_window_pattern", config._sliding_window_pattern)
        local = config.rope_parameters["sliding_attention"]["rope_theta"]
        if local != 10000.0:
            w.add_float32("gemma3.rope.freq_base_swa", local)
    else:
        w.add_uint32("llama.rope.dimension_count", config.head_dim)
    if rope["rope_type"] in ("linear", "yarn"):
        w.add_string(f"{arch}.rope.scaling.type", rope["rope_type"])
        w.add_float32(f"{arch}.rope.scaling.factor", rope["factor"])
    if rope["rope_type"] == "yarn":
        w.add_uint32("llama.rope.scaling.original_context_length", rope["original_max_position_embeddings"])
        if rope.get("beta_fast"):
            w.add_float32("llama.rope.scaling.yarn_beta_fast", rope["beta_fast"])
        if rope.get("beta_slow"):
            w.add_float32("llama.rope.scaling.yarn_beta_slow", rope["beta_slow"])
        if rope.get("attention_factor"):  # GGUF's factor comes on top of YaRN's own, transformers' replaces it
            own = 1 + 0.1 * np.log(rope["factor"])
            w.add_float32("llama.rope.scaling.attn_factor", rope["attention_factor"] / own)
    texts, scores, kinds = vocabulary(config)
    w.add_string("tokenizer.ggml.model", "llama")
    w.add_string("tokenizer.ggml.pre", "default")
    w.add_array("tokenizer.ggml.tokens", texts)
    w.add_array("tokenizer.ggml.scores", scores)
    w.add_array("tokenizer.ggml.token_type", kinds)
    w.add_uint32("tokenizer.ggml.bos_token_id", config.bos_token_id)
    w.add_uint32("tokenizer.ggml.eos_token_id", config.eos_token_id)
    w.add_uint32("tokenizer.ggml.unknown_token_id", texts.index("<unk>"))
    w.add_bool("tokenizer.ggml.add_bos_token", True)


def write_model(path, name, model):
    config = model.config
    is_gemma = config.model_type.startswith("gemma")
    w = gguf.GGUFWriter(path, "gemma3" if is_gemma else "llama")
    write_metadata(w, name, config)
    state = {k.removeprefix("model."): v.numpy() for k, v in model.state_dict().items()}

    def add(to, source, change=lambda x: x):
        w.add_tensor(to, np.ascontiguousarray(change(state[source]), dtype=np.float32))

    norm = (lambda x: x + 1) if is_gemma else (lambda x: x)  # transformers adds the one to Gemma's norms in its code
    add("token_embd.weight", "embed_tokens.weight")
    if not config.tie_word_embeddings:
        add("output.weight", "lm_head.weight")
    add("output_norm.weight", "norm.weight", norm)
    if not is_gemma and config.rope_parameters["rope_type"] == "llama3":
        w.add_tensor("rope_freqs.weight", llama3_factors(config.rope_parameters, config.head_dim))
    for i in range(config.num_hidden_layers):
        to, source = f"blk.{i}.", f"layers.{i}."
        turn_q = turn_k = lambda x: x
        if is_gemma:
            add(to + "attn_q_norm.weight", source + "self_attn.q_norm.weight", norm)
            add(to + "attn_k_norm.weight", source + "self_attn.k_norm.weight", norm)
            add(to + "post_attention_norm.weight", source + "post_attention_layernorm.weight", norm)
            add(to + "ffn_norm.weight", source + "pre_feedforward_layernorm.weight", norm)
            add(to + "post_ffw_norm.weight", source + "post_feedforward_layernorm.weight", norm)
        else:
            turn_q = lambda x: interleave(x, config.num_attention_heads)
            turn_k = lambda x: interleave(x, config.num_key_value_heads)
            add(to + "ffn_norm.weight", source + "post_attention_layernorm.weight")
        add(to + "attn_norm.weight", source + "input_layernorm.weight", norm)
        add(to + "attn_q.weight", source + "self_attn.q_proj.weight", turn_q)
        add(to + "attn_k.weight", source + "self_attn.k_proj.weight", turn_k)
        add(to + "attn_v.weight", source + "self_attn.v_proj.weight")
        add(to + "attn_output.weight", source + "self_attn.o_proj.weight")
        add(to + "ffn_gate.weight", source + "mlp.gate_proj.weight")
        add(to + "ffn_up.weight", source + "mlp.up_proj.weight")
        add(to + "ffn_down.weight", source + "mlp.down_proj.weight")
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def write_expected(path, tokens, logits):
    """Little-endian: int32 count n, int32 vocabulary v, n int32 tokens, n * v float32 logits."""
    n, v = logits.shape
    path.write_bytes(struct.pack("<ii", n, v) + tokens.astype("<i4").tobytes() + logits.astype("<f4").tobytes())


def make(name, build, folder):
    model = build().eval()
    seed = list(MODELS).index(name)
    randomize(model, seed)
    config = model.config
    random = np.random.default_rng(seed)
    tokens = random.integers(5, config.vocab_size, 41)
    tokens[0] = config.bos_token_id
    with torch.no_grad():
        logits = model(torch.from_numpy(tokens)[None], use_cache=False).logits[0].numpy()
    path = folder / f"{name}.gguf"
    write_model(path, name, model)
    write_expected(folder / f"{name}.logits", tokens, logits)
    ours = numpy_oracle.logits(path, tokens)
    error = np.abs(ours - logits).max() / np.abs(logits).max()
    spread = logits.std(axis=0).mean()
    print(f"{name:20} {path.stat().st_size:7} bytes, largest logit {np.abs(logits).max():6.2f}, "
          f"spread over positions {spread:.2f}, NumPy's error {error:.1e} of the largest")
    assert error < 1e-5, f"{name}: the file does not say what transformers computes"
    assert spread > 0.3, f"{name}: the logits hardly depend on the text"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=RESOURCES)
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, build in MODELS.items():
        make(name, build, folder)
