package dev.vivace.lab;

import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;

/// The fields of a result but its samples, named as llama-bench names them; behind those ours.
final class BenchFields {
    private BenchFields() {}

    static SequencedMap<String, Object> of(BenchResult result) {
        BenchSubject subject = result.subject();
        BenchCase test = result.test();
        String cacheType = subject.cacheType().name().toLowerCase(Locale.ROOT);
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        // A build of ours is known by its version; llama-bench writes these two where it does not know.
        fields.put("build_commit", "unknown");
        fields.put("build_number", 0);
        fields.put("cpu_info", result.host().cpu());
        fields.put("gpu_info", "");
        fields.put("backends", "CPU");
        fields.put("model_filename", subject.file());
        fields.put("model_type", subject.type());
        fields.put("model_size", subject.bytes());
        fields.put("model_n_params", subject.parameters());
        fields.put("n_threads", subject.threads());
        fields.put("type_k", cacheType);
        fields.put("type_v", cacheType);
        fields.put("n_prompt", test.prompt());
        fields.put("n_gen", test.generate());
        fields.put("n_depth", test.depth());
        fields.put("test_time", result.start().truncatedTo(ChronoUnit.SECONDS).toString());
        fields.put("avg_ns", Math.round(result.meanNanos()));
        fields.put("stddev_ns", Math.round(result.deviationNanos()));
        fields.put("avg_ts", result.meanRate());
        fields.put("stddev_ts", result.deviationRate());
        fields.put("n_seqs", test.sequences());
        fields.put("engine", "vivace");
        fields.put("version", result.host().version());
        fields.put("java", result.host().java());
        fields.put("isa", subject.isa());
        fields.put("kernels", subject.kernels());
        fields.put("load_ns", result.cost().loadNanos());
        fields.put("peak_bytes", result.cost().peakBytes());
        return fields;
    }
}
