package dev.vivace.sampling;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Sampling as the textbook says it: lists of boxed candidates, sorted whole, in double. Shares no code with the
/// chain it checks.
final class Oracle {
    record Item(int id, double logit) {}

    private static final Comparator<Item> BEST_FIRST =
            Comparator.comparingDouble((Item i) -> 0.0 - i.logit).thenComparingInt(Item::id);

    private Oracle() {}

    static Map<Integer, Double> distribution(List<Stage> chain, float[] logits, List<Integer> history) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            items.add(new Item(i, logits[i]));
        }
        items.removeIf(item -> item.logit == Double.NEGATIVE_INFINITY);
        items.sort(BEST_FIRST);
        for (Stage stage : chain) {
            items = new ArrayList<>(apply(stage, items, history));
            items.removeIf(item -> item.logit == Double.NEGATIVE_INFINITY);
            items.sort(BEST_FIRST);
        }
        double[] p = softmax(items);
        Map<Integer, Double> result = new TreeMap<>();
        for (int i = 0; i < p.length; i++) {
            result.put(items.get(i).id, p[i]);
        }
        return result;
    }

    private static List<Item> apply(Stage stage, List<Item> items, List<Integer> history) {
        return switch (stage) {
            case Penalties s -> penalize(s, items, history);
            case LogitBias s ->
                items.stream()
                        .map(i -> new Item(i.id, i.logit + s.bias().getOrDefault(i.id, 0f)))
                        .toList();
            case Temperature s ->
                s.temperature() == 0
                        ? items.subList(0, 1)
                        : items.stream()
                                .map(i -> new Item(i.id, i.logit / s.temperature()))
                                .toList();
            case TopK s -> items.subList(0, Math.min(s.k(), items.size()));
            case TopP s -> {
                // Not normalized: equal logits then have weights whose sums are exact.
                double[] w = items.stream()
                        .mapToDouble(i -> Math.exp(i.logit - items.getFirst().logit))
                        .toArray();
                double total = Arrays.stream(w).sum();
                double sum = 0;
                int count = 0;
                while (count < w.length && sum < s.p() * total) {
                    sum += w[count++];
                }
                yield items.subList(0, Math.min(items.size(), Math.max(count, s.minKeep())));
            }
            case MinP s -> {
                double[] p = softmax(items);
                int count = 0;
                while (count < p.length && p[count] >= s.p() * p[0]) {
                    count++;
                }
                yield items.subList(0, Math.min(items.size(), Math.max(count, s.minKeep())));
            }
        };
    }

    private static List<Item> penalize(Penalties s, List<Item> items, List<Integer> history) {
        int window = s.lastTokens() < 0 ? history.size() : Math.min(history.size(), s.lastTokens());
        List<Integer> seen = history.subList(history.size() - window, history.size());
        return items.stream()
                .map(item -> {
                    long count = seen.stream().filter(t -> t == item.id).count();
                    if (count == 0) {
                        return item;
                    }
                    double logit = item.logit > 0 ? item.logit / s.repetition() : item.logit * s.repetition();
                    return new Item(item.id, logit - count * s.frequency() - s.presence());
                })
                .toList();
    }

    private static double[] softmax(List<Item> items) {
        double total = items.stream()
                .mapToDouble(i -> Math.exp(i.logit - items.getFirst().logit))
                .sum();
        return items.stream()
                .mapToDouble(i -> Math.exp(i.logit - items.getFirst().logit) / total)
                .toArray();
    }

    static float[] gaussian(long seed, int n, double deviation) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] logits = new float[n];
        for (int i = 0; i < n; i++) {
            logits[i] = (float) (random.nextGaussian() * deviation);
        }
        return logits;
    }

    /// The logits in native memory, after `pad` other floats.
    static MemorySegment memory(int pad, float... logits) {
        MemorySegment memory = Arena.ofAuto().allocate(4L * (pad + logits.length), 64);
        memory.fill((byte) 0x7f);
        MemorySegment.copy(logits, 0, memory, ValueLayout.JAVA_FLOAT, 4L * pad, logits.length);
        return memory;
    }
}
