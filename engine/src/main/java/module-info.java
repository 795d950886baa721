/// The engine: tensors, kernels, file formats, tokenizers, decoder models, seams and sessions.
module dev.vivace.engine {
    requires static org.jspecify;
    requires static jdk.incubator.vector;

    exports dev.vivace;
    exports dev.vivace.chat;
    exports dev.vivace.format.gguf;
    exports dev.vivace.format.json;
    exports dev.vivace.format.llama2c;
    exports dev.vivace.tensor;
    exports dev.vivace.tensor.codec;
    exports dev.vivace.tokenizer;
    exports dev.vivace.kernel;
    exports dev.vivace.model;
    exports dev.vivace.runtime;
    exports dev.vivace.sampling;
    exports dev.vivace.seam;
    exports dev.vivace.kernel.scalar;
}
