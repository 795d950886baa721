package dev.vivace.cli;

import dev.vivace.cli.Inspection.TypeShare;
import dev.vivace.format.gguf.MetadataValue;
import dev.vivace.format.gguf.TensorInfo;
import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// An [Inspection] for a person.
final class InspectionText {
    private static final int WIDEST_VALUE = 72;

    private final Inspection inspection;
    private final PrintStream out;

    InspectionText(Inspection inspection, PrintStream out) {
        this.inspection = inspection;
        this.out = out;
    }

    void print(boolean withTensors) {
        summary();
        memory();
        types();
        metadata();
        inspection.text("tokenizer.chat_template").ifPresent(template -> {
            out.println();
            out.println("chat template");
            Printable.lines(template).lines().forEach(line -> out.println("  " + line));
        });
        if (withTensors) {
            tensors();
        }
        out.flush();
    }

    private void summary() {
        row("file", inspection.source() + " (GGUF version " + inspection.gguf().version() + ")");
        row("architecture", inspection.architecture().orElse("not named"));
        inspection.text("general.name").ifPresent(name -> row("name", name));
        row(
                "parameters",
                Sizes.count(inspection.parameters()) + " in "
                        + inspection.gguf().tensors().size() + " tensors, " + Sizes.bytes(inspection.bytes()));
        row("layers", inspection.number("block_count"));
        row("context", inspection.number("context_length"));
        row("embedding", inspection.number("embedding_length"));
        row("feed-forward", inspection.number("feed_forward_length"));
        OptionalLong heads = inspection.number("attention.head_count");
        if (heads.isPresent()) {
            OptionalLong shared = inspection.number("attention.head_count_kv");
            row(
                    "heads",
                    heads.getAsLong() + (shared.isPresent() ? ", " + shared.getAsLong() + " for keys and values" : ""));
        }
        inspection
                .text("tokenizer.ggml.model")
                .ifPresent(model -> row(
                        "tokenizer",
                        model
                                + inspection
                                        .text("tokenizer.ggml.pre")
                                        .map(pre -> ", pre-tokenizer " + pre)
                                        .orElse("")
                                + (inspection.vocabulary().isPresent()
                                        ? ", " + inspection.vocabulary().getAsLong() + " tokens"
                                        : "")));
    }

    private void memory() {
        inspection.memory().ifPresent(plan -> {
            row(
                    "memory",
                    Sizes.bytes(plan.totalBytes()) + " of " + Sizes.bytes(plan.freeBytes()) + " free: weights "
                            + Sizes.bytes(plan.weightsBytes() + plan.packedBytes()) + ", scratch "
                            + Sizes.bytes(plan.scratchBytes()) + ", cache " + Sizes.bytes(plan.cacheBytes()) + " for "
                            + plan.context() + " positions (" + Sizes.bytes(plan.cacheBytesPerToken()) + " each)"
                            + (plan.fits() ? "" : "; does not fit, " + plan.contextThatFits() + " positions would"));
        });
        inspection.obstacle().ifPresent(reason -> row("cannot run", reason));
    }

    private void types() {
        out.println();
        out.println("tensors by type");
        for (TypeShare share : inspection.types()) {
            out.println(String.format(
                    Locale.ROOT,
                    "  %-8s %5d  %10s  %12s",
                    share.type(),
                    share.tensors(),
                    Sizes.count(share.parameters()),
                    Sizes.bytes(share.bytes())));
        }
    }

    private void metadata() {
        out.println();
        out.println("metadata");
        for (String key : inspection.gguf().metadata().keys()) {
            MetadataValue value = inspection.gguf().metadata().value(key).orElseThrow();
            String size = value instanceof MetadataValue.Sequence(var items) ? ", " + items.size() : "";
            out.println("  " + Printable.line(key) + " (" + value.label() + size + ") = "
                    + Printable.line(value.toString(), WIDEST_VALUE));
        }
    }

    private void tensors() {
        out.println();
        out.println("tensors");
        for (TensorInfo info : inspection.gguf().tensors()) {
            String shape = info.dimensions().stream().map(String::valueOf).collect(Collectors.joining(" x "));
            out.println(String.format(
                    Locale.ROOT,
                    "  %-40s %-7s %-20s %12s",
                    Printable.line(info.name()),
                    info.type().name(),
                    shape,
                    Sizes.bytes(info.bytes())));
        }
    }

    private void row(String label, OptionalLong value) {
        value.ifPresent(number -> row(label, Long.toString(number)));
    }

    private void row(String label, String value) {
        out.println(String.format(Locale.ROOT, "%-14s %s", label, Printable.line(value)));
    }
}
