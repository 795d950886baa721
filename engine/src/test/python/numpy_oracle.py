"""A forward pass in NumPy that knows a model from its GGUF file alone: what the conventions of these files mean,
in as few lines as they need. Usage: numpy_oracle.py MODEL.gguf TOKEN..."""

import sys

import gguf
import numpy as np


class Model:
    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.tensors = {t.name: t.data.astype(np.float64) for t in reader.tensors}
        self.meta = {key: field.contents() for key, field in reader.fields.items()}
        self.arch = self.meta["general.architecture"]
        self.gemma = self.arch == "gemma3"
        self.width, self.layers = self.key("embedding_length"), self.key("block_count")
        self.heads = self.key("attention.head_count")
        self.kv_heads = self.key("attention.head_count_kv", self.heads)
        self.head_dim = self.key("attention.key_length", self.width // self.heads)
        self.epsilon = self.key("attention.layer_norm_rms_epsilon")

    def key(self, name, default=None):
        value = self.meta.get(f"{self.arch}.{name}", default)
        assert value is not None, f"no {self.arch}.{name}"
        return value

    def is_local(self, layer):
        """Gemma 3: five local layers, then a global one, unless the file says otherwise."""
        return self.gemma and (layer + 1) % self.key("attention.sliding_window_pattern", 6) != 0

    def scale(self):
        """Gemma 3 27B, known by its 62 layers, divides by the root of width / heads."""
        return (self.width // self.heads if self.gemma and self.layers == 62 else self.head_dim) ** -0.5

    def rope(self, layer):
        """The angle per position of each pair of a head, and what the rotated values are multiplied by."""
        half = np.arange(self.head_dim // 2)
        if self.is_local(layer):
            return self.key("rope.freq_base_swa", 10000.0) ** (-2 * half / self.head_dim), 1.0
        base = self.key("rope.freq_base", 10000.0)
        plain = base ** (-2 * half / self.head_dim)
        kind = self.key("rope.scaling.type", "none")
        if kind == "none":
            return plain / self.tensors.get("rope_freqs.weight", np.ones_like(plain)), 1.0
        factor = self.key("rope.scaling.factor")
        if kind == "linear":
            return plain / factor, 1.0
        assert kind == "yarn", kind

        def pair_that_turns(turns):  # in the original context
            length = self.key("rope.scaling.original_context_length")
            return self.head_dim * np.log(length / (turns * 2 * np.pi)) / (2 * np.log(base))

        first = max(0, np.floor(pair_that_turns(self.key("rope.scaling.yarn_beta_fast", 32.0))))
        last = min(self.head_dim - 1, np.ceil(pair_that_turns(self.key("rope.scaling.yarn_beta_slow", 1.0))))
        stretched = np.clip((half - first) / max(last - first, 0.001), 0, 1)
        magnitude = self.key("rope.scaling.attn_factor", 1.0) * (1 + 0.1 * np.log(factor))
        return plain * (1 - stretched) + plain / factor * stretched, magnitude

    def rotate(self, x, layer):
        """[positions, heads, headDim]: Llama's files pair neighbours, Gemma's pair the two halves."""
        frequency, magnitude = self.rope(layer)
        angle = np.arange(len(x))[:, None, None] * frequency
        cos, sin = np.cos(angle) * magnitude, np.sin(angle) * magnitude
        out, half = np.empty_like(x), self.head_dim // 2
        first, second = (slice(0, half), slice(half, None)) if self.gemma else (slice(0, None, 2), slice(1, None, 2))
        a, b = x[..., first], x[..., second]
        out[..., first], out[..., second] = a * cos - b * sin, a * sin + b * cos
        return out

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.epsilon) * self.tensors[name + ".weight"]

    def attention(self, x, layer):
        n, block = len(x), f"blk.{layer}."
        q = (x @ self.tensors[block + "attn_q.weight"].T).reshape(n, self.heads, self.head_dim)
        k = (x @ self.tensors[block + "attn_k.weight"].T).reshape(n, self.kv_heads, self.head_dim)
        v = (x @ self.tensors[block + "attn_v.weight"].T).reshape(n, self.kv_heads, self.head_dim)
        if self.gemma:
            q, k = self.norm(q, block + "attn_q_norm"), self.norm(k, block + "attn_k_norm")
        q, k = self.rotate(q, layer), self.rotate(k, layer)
        window = self.key("attention.sliding_window") if self.is_local(layer) else n
        out = np.empty_like(q)
        for p in range(n):
            seen = slice(max(0, p + 1 - window), p + 1)
            for h in range(self.heads):
                group = h * self.kv_heads // self.heads
                weight = np.exp((scores := k[seen, group] @ q[p, h] * self.scale()) - scores.max())
                out[p, h] = weight / weight.sum() @ v[seen, group]
        return out.reshape(n, -1) @ self.tensors[block + "attn_output.weight"].T

    def feed_forward(self, x, layer):
        block = f"blk.{layer}."
        gate, up = x @ self.tensors[block + "ffn_gate.weight"].T, x @ self.tensors[block + "ffn_up.weight"].T
        if self.gemma:
            gate = 0.5 * gate * (1 + np.tanh(np.sqrt(2 / np.pi) * (gate + 0.044715 * gate**3)))
        else:
            gate = gate / (1 + np.exp(-gate))
        return (gate * up) @ self.tensors[block + "ffn_down.weight"].T

    def logits(self, tokens):
        """[positions, vocabulary]"""
        embedding = self.tensors["token_embd.weight"]
        x = embedding[tokens] * (self.width**0.5 if self.gemma else 1)
        for layer in range(self.layers):
            block = f"blk.{layer}."
            mixed = self.attention(self.norm(x, block + "attn_norm"), layer)
            x = x + (self.norm(mixed, block + "post_attention_norm") if self.gemma else mixed)
            fed = self.feed_forward(self.norm(x, block + "ffn_norm"), layer)
            x = x + (self.norm(fed, block + "post_ffw_norm") if self.gemma else fed)
        return self.norm(x, "output_norm") @ self.tensors.get("output.weight", embedding).T


def logits(path, tokens):
    return Model(path).logits(np.asarray(tokens))


if __name__ == "__main__":
    np.set_printoptions(precision=5, suppress=True)
    print(logits(sys.argv[1], [int(t) for t in sys.argv[2:]])[-1])
