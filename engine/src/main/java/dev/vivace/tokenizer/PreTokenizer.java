package dev.vivace.tokenizer;

import dev.vivace.UnsupportedException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How a byte-level BPE vocabulary cuts text into words before it merges: the rule that a GGUF file names in
/// `tokenizer.ggml.pre`. To add one: write its [WordSplit] and enter its names here.
public final class PreTokenizer {
    private static final PreTokenizer GPT2 = new PreTokenizer(List.of(new Gpt2Split()), false, false);
    private static final PreTokenizer LLAMA3 = new PreTokenizer(List.of(new Llama3Split(3)), true, true);
    private static final PreTokenizer LLAMA3_MERGING = new PreTokenizer(List.of(new Llama3Split(3)), false, false);
    private static final PreTokenizer QWEN2 = new PreTokenizer(List.of(new Llama3Split(1)), false, false);
    private static final PreTokenizer SMOLLM =
            new PreTokenizer(List.of(new DigitSplit(), new Gpt2Split()), false, false);

    private static final Map<String, PreTokenizer> NAMED = Map.ofEntries(
            Map.entry("gpt-2", GPT2),
            Map.entry("phi-2", GPT2),
            Map.entry("olmo", GPT2),
            Map.entry("mpt", GPT2),
            Map.entry("llama-bpe", LLAMA3),
            Map.entry("llama3", LLAMA3),
            Map.entry("llama-v3", LLAMA3),
            Map.entry("falcon3", LLAMA3),
            Map.entry("falcon-h1", LLAMA3),
            Map.entry("pixtral", LLAMA3),
            Map.entry("lfm2", LLAMA3),
            Map.entry("dbrx", LLAMA3_MERGING),
            Map.entry("smaug-bpe", LLAMA3_MERGING),
            Map.entry("qwen2", QWEN2),
            Map.entry("deepseek-r1-qwen", QWEN2),
            Map.entry("stablelm2", QWEN2),
            Map.entry("hunyuan", QWEN2),
            Map.entry("megrez", QWEN2),
            Map.entry("smollm", SMOLLM),
            Map.entry("starcoder", SMOLLM),
            Map.entry("refact", SMOLLM),
            Map.entry("command-r", SMOLLM),
            Map.entry("codeshell", SMOLLM),
            Map.entry("exaone", SMOLLM));

    private final List<WordSplit> stages;
    private final boolean wholeWords;
    private final boolean addBos;

    private PreTokenizer(List<WordSplit> stages, boolean wholeWords, boolean addBos) {
        this.stages = stages;
        this.wholeWords = wholeWords;
        this.addBos = addBos;
    }

    /// @param name as in `tokenizer.ggml.pre`
    /// @return the rule
    /// @throws UnsupportedException naming the known rules if this one is not among them
    public static PreTokenizer named(String name) {
        PreTokenizer found = NAMED.get(name);
        if (found == null) {
            throw new UnsupportedException("tokenizer.ggml.pre is '" + name + "', expected one of "
                    + String.join(", ", new TreeMap<>(NAMED).keySet()));
        }
        return found;
    }

    /// The rules, each applied within the words of the one before.
    List<WordSplit> stages() {
        return stages;
    }

    /// Whether a word that is a piece as a whole is taken as it is, without merging.
    boolean wholeWords() {
        return wholeWords;
    }

    /// Whether the begin token is wanted where the file does not tell.
    boolean addBos() {
        return addBos;
    }
}
