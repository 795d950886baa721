package dev.vivace.sampling;

import static dev.vivace.sampling.Oracle.memory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SamplerTest {
    @Property(tries = 400, seed = "20261123")
    void aRandomChainLeavesWhatTheOracleLeaves(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] logits = Oracle.gaussian(seed, n, random.nextDouble(0.1, 8));
        for (int i = 0; i < n / 10; i++) {
            logits[n - 1 - random.nextInt(n / 2)] = Float.NEGATIVE_INFINITY;
        }
        List<Stage> chain = randomChain(random, n);
        List<Integer> history = random.ints(random.nextInt(50), 0, n).boxed().toList();
        check(chain, logits, history);
    }

    @Property(tries = 200, seed = "20261123")
    void equalLogitsAreToldApartByIdAlone(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] logits = new float[n];
        for (int i = 0; i < n; i++) {
            // Powers of two times 1 or 0: sums of weights stay exact, so the oracle's cut is the true one.
            logits[i] = random.nextInt(4) == 0 ? -0.0f : random.nextInt(2) == 0 ? 0.0f : -1000;
        }
        logits[random.nextInt(n)] = 0;
        check(List.of(new TopK(1 + random.nextInt(n))), logits, List.of());
        check(List.of(new TopP(0.5f, 1 + random.nextInt(3))), logits, List.of());
    }

    @Test
    void largeSelectionsLeaveWhatTheOracleLeaves() {
        float[] logits = Oracle.gaussian(5, 50_000, 3);
        float[] rising = new float[20_000];
        float[] organPipe = new float[20_000];
        for (int i = 0; i < rising.length; i++) {
            rising[i] = i * 1e-4f;
            organPipe[i] = Math.min(i, rising.length - i) * 1e-4f;
        }
        for (float[] each : List.of(logits, rising, organPipe)) {
            check(List.of(new TopK(1025)), each, List.of());
            check(List.of(new TopK(17_000)), each, List.of());
            check(List.of(new TopP(0.9f)), each, List.of());
            check(List.of(new TopP(0.999f), new TopK(1024)), each, List.of());
            check(List.of(new MinP(0.1f), new Temperature(2)), each, List.of());
        }
    }

    @Test
    void orderOfStagesMatters() {
        float[] logits = {3, 2, 1, 0};
        List<Stage> hotFirst = List.of(new Temperature(10), new TopP(0.6f));
        List<Stage> hotLast = List.of(new TopP(0.6f), new Temperature(10));
        assertThat(ids(hotFirst, logits)).containsExactly(0, 1, 2);
        assertThat(ids(hotLast, logits)).containsExactly(0);
        check(hotFirst, logits, List.of());
        List<Stage> banFirst = List.of(new LogitBias(Map.of(0, LogitBias.BAN)), new TopK(2));
        assertThat(ids(banFirst, logits)).containsExactly(1, 2);
        assertThat(ids(List.of(new TopK(2), new LogitBias(Map.of(0, LogitBias.BAN))), logits))
                .containsExactly(1);
    }

    @Test
    void penaltiesFollowTheFormula() {
        Sampler sampler = Sampling.of(new Penalties(2, 0.25f, 0.5f, 4)).sampler(1);
        for (int token : new int[] {3, 0, 1, 0, 2}) {
            sampler.accept(token);
        }
        Candidates left = sampler.distribution(memory(0, 4, -4, 0, 8), 0, 4);
        assertThat(left.logit(0)).isEqualTo(4f / 2 - 2 * 0.25f - 0.5f);
        assertThat(left.logit(1)).isEqualTo(-4f * 2 - 0.25f - 0.5f);
        assertThat(left.logit(2)).isEqualTo(-0.25f - 0.5f);
        // Token 3 lies before the last four.
        assertThat(left.logit(3)).isEqualTo(8f);
    }

    @Test
    void greedyIsTheFirstArgmaxWhateverTheWindowOfMemory() {
        for (int seed = 0; seed < 50; seed++) {
            float[] logits = Oracle.gaussian(seed, 997, 5);
            int best = 0;
            for (int i = 1; i < logits.length; i++) {
                best = logits[i] > logits[best] ? i : best;
            }
            logits[996] = logits[best];
            MemorySegment memory = memory(3, logits);
            assertThat(Sampling.greedy().sampler(seed).sample(memory, 12, 997)).isEqualTo(best);
            Sampling long0 = Sampling.builder().temperature(0).repetition(1.1f).build();
            assertThat(long0.sampler(seed).sample(memory, 12, 997)).isEqualTo(best);
            assertThat(Sampling.greedy()
                            .sampler(seed)
                            .distribution(memory, 12, 997)
                            .probabilityOf(best))
                    .isEqualTo(1);
        }
    }

    @Test
    void stagesAfterAGreedyOneStillCount() {
        Sampling banned = Sampling.of(new Temperature(0), new LogitBias(Map.of(1, LogitBias.BAN)));
        assertThatThrownBy(() -> banned.sampler(1).sample(memory(0, 1, 2), 0, 2))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("no token is left");
        Sampling filtered = Sampling.of(new TopK(1), new Penalties(1, 10, 0, -1), new Temperature(0));
        Sampler sampler = filtered.sampler(1);
        sampler.accept(1);
        assertThat(sampler.sample(memory(0, 1, 2), 0, 2)).isEqualTo(1);
    }

    @Test
    void frequenciesFitTheDistribution() {
        float[] logits = Oracle.gaussian(11, 12, 1);
        List<Stage> chain = List.of(new TopK(9), new Temperature(0.7f));
        Map<Integer, Double> expected = Oracle.distribution(chain, logits, List.of());
        Sampler sampler = Sampling.of(chain.toArray(Stage[]::new)).sampler(77);
        MemorySegment memory = memory(0, logits);
        int draws = 200_000;
        int[] counts = new int[logits.length];
        for (int i = 0; i < draws; i++) {
            counts[sampler.sample(memory, 0, logits.length)]++;
        }
        double chiSquared = 0;
        for (int id = 0; id < counts.length; id++) {
            double want = expected.getOrDefault(id, 0.0) * draws;
            if (want == 0) {
                assertThat(counts[id]).isZero();
            } else {
                chiSquared += (counts[id] - want) * (counts[id] - want) / want;
            }
        }
        // 8 degrees of freedom: 26.1 is passed once in a thousand seeds.
        assertThat(chiSquared).isLessThan(26.1);
    }

    @Test
    void eachSampleDrawsOneNumberOfSplittableRandom() {
        SplittableRandom oracle = new SplittableRandom(42);
        Sampler sampler = Sampling.greedy().withSeed(42).sampler(0);
        for (int i = 0; i < 10; i++) {
            assertThat(sampler.nextUniform()).isEqualTo(oracle.nextDouble());
        }
        sampler.sample(memory(0, 1, 2), 0, 2);
        oracle.nextDouble();
        assertThat(sampler.nextUniform()).isEqualTo(oracle.nextDouble());
    }

    @Test
    void theDrawInvertsTheDistributionInTheOrderOfIds() {
        // Weights 1, 1, 1, 1: a uniform number u picks floor(4 u), whatever stages that keep all do in between.
        SplittableRandom oracle = new SplittableRandom(3);
        Sampler sampler = Sampling.of(new TopK(4), new MinP(0.5f)).sampler(3);
        for (int i = 0; i < 1000; i++) {
            assertThat(sampler.sample(memory(0, 7, 7, 7, 7), 0, 4)).isEqualTo((int) (4 * oracle.nextDouble()));
        }
    }

    @Test
    void oneSeedGivesOneSequenceAndForksGoTheirWay() {
        MemorySegment memory = memory(0, Oracle.gaussian(1, 100, 1));
        Sampling sampling = Sampling.builder().presence(0.5f).build();
        Sampler one = sampling.sampler(9);
        List<Integer> first = run(one, memory, 50);
        assertThat(run(sampling.sampler(9), memory, 50)).isEqualTo(first);
        assertThat(run(sampling.withSeed(9).sampler(1), memory, 50)).isEqualTo(first);
        assertThat(run(sampling.sampler(10), memory, 50)).isNotEqualTo(first);
        Sampler same = one.fork();
        Sampler other = one.fork(5);
        List<Integer> next = run(one, memory, 50);
        assertThat(run(same, memory, 50)).isEqualTo(next);
        assertThat(run(other, memory, 50)).isNotEqualTo(next);
        assertThat(other.accepted()).isEqualTo(100);
    }

    @Test
    void truncatingForgetsTokensForThePenalties() {
        Sampler sampler = Sampling.of(new Penalties(1, 0, 5, -1)).sampler(1);
        sampler.accept(0);
        Sampler fork = sampler.fork();
        sampler.accept(1);
        sampler.truncate(1);
        assertThat(sampler.distribution(memory(0, 0, 0), 0, 2).logit(1)).isZero();
        assertThat(fork.distribution(memory(0, 0, 0), 0, 2).logit(0)).isEqualTo(-5f);
        assertThatThrownBy(() -> sampler.truncate(2)).isInstanceOf(OptionException.class);
        assertThatThrownBy(() -> sampler.accept(-1)).isInstanceOf(OptionException.class);
    }

    @Test
    void samplersOfOneThreadMayShareAWorkspace() {
        Candidates workspace = new Candidates();
        MemorySegment memory = memory(0, Oracle.gaussian(1, 300, 1));
        MemorySegment small = memory(0, Oracle.gaussian(2, 20, 1));
        Sampling sampling = Sampling.builder().repetition(1.3f).build();
        Sampler a = sampling.sampler(1, workspace);
        Sampler b = sampling.sampler(2, workspace);
        List<Integer> mixed = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            mixed.addAll(run(a, memory, 1));
            run(b, small, 1);
        }
        assertThat(mixed).isEqualTo(run(sampling.sampler(1), memory, 40));
    }

    @Test
    void damagedLogitsGiveOneSentence() {
        for (Sampling each : List.of(Sampling.greedy(), Sampling.defaults())) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                assertThatThrownBy(() -> each.sampler(1).sample(memory(0, 1, bad, 2), 0, 3))
                        .isInstanceOf(FormatException.class)
                        .hasMessageContaining("logit of token 1 is " + bad);
            }
            float none = Float.NEGATIVE_INFINITY;
            assertThatThrownBy(() -> each.sampler(1).sample(memory(0, none, none), 0, 2))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("all 2 logits");
            assertThat(each.sampler(1).sample(memory(0, none, -1e38f), 0, 2)).isEqualTo(1);
        }
        assertThatThrownBy(() -> Sampling.of(new Temperature(1e-6f)).sampler(1).sample(memory(0, 3e38f, 1), 0, 2))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("became Infinity");
        assertThatThrownBy(() -> Sampling.of(new Temperature(1e-6f)).sampler(1).sample(memory(0, -3e38f, -3e38f), 0, 2))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("became -Infinity");
    }

    @Test
    void bansHoldAgainstEveryLogit() {
        Sampler sampler =
                Sampling.of(new LogitBias(Map.of(0, LogitBias.BAN, 7, 3f))).sampler(1);
        for (int i = 0; i < 100; i++) {
            assertThat(sampler.sample(memory(0, 3e38f, -50), 0, 2)).isEqualTo(1);
        }
    }

    @Test
    void nothingIsAllocatedPerToken() {
        MemorySegment memory = memory(0, Oracle.gaussian(1, 5000, 3));
        Sampling chain = Sampling.builder()
                .repetition(1.1f)
                .bias(3, 1)
                .bias(4, LogitBias.BAN)
                .build();
        Sampling wide = Sampling.of(new TopK(2000), new TopP(0.9f), new Temperature(0.8f));
        for (Sampling each : List.of(chain, wide, Sampling.greedy(), Sampling.of())) {
            Sampler sampler = each.sampler(1);
            run(sampler, memory, 3000);
            sampler.truncate(0);
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            int sum = 0;
            for (int i = 0; i < 1000; i++) {
                int token = sampler.sample(memory, 0, 5000);
                sampler.accept(token);
                sum += token;
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(sum).isNotNegative();
            // A class loaded or a method compiled meanwhile may cost a little; a token must not.
            assertThat(bytes).as("%s", each).isLessThan(8_000);
        }
    }

    @Test
    void exponentialsAreGoodToTheLastPlaces() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            double x = -random.nextDouble() * (i % 2 == 0 ? 700 : 2);
            assertThat(Exponential.of(x)).isCloseTo(StrictMath.exp(x), within(StrictMath.exp(x) * 5e-16));
        }
        assertThat(Exponential.of(0)).isEqualTo(1);
        assertThat(Exponential.of(Double.NEGATIVE_INFINITY)).isZero();
    }

    private static List<Integer> run(Sampler sampler, MemorySegment memory, int tokens) {
        List<Integer> result = new ArrayList<>();
        for (int i = 0; i < tokens; i++) {
            int n = (int) (memory.byteSize() / ValueLayout.JAVA_FLOAT.byteSize());
            int token = sampler.sample(memory, 0, n);
            sampler.accept(token);
            result.add(token);
        }
        return result;
    }

    private static List<Integer> ids(List<Stage> chain, float[] logits) {
        Candidates left =
                Sampling.of(chain.toArray(Stage[]::new)).sampler(1).distribution(memory(0, logits), 0, logits.length);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            ids.add(left.id(i));
        }
        return ids;
    }

    private static void check(List<Stage> chain, float[] logits, List<Integer> history) {
        Sampler sampler = Sampling.of(chain.toArray(Stage[]::new)).sampler(1);
        history.forEach(sampler::accept);
        Candidates left = sampler.distribution(memory(5, logits), 20, logits.length);
        Map<Integer, Double> expected = Oracle.distribution(chain, logits, history);
        // Where a weight underflows the oracle may keep a zero too: both have the ids then.
        List<Integer> ids = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < left.size(); i++) {
            ids.add(left.id(i));
            sum += left.probability(i);
            double want = expected.getOrDefault(left.id(i), -1.0);
            assertThat(left.probability(i)).as("chain %s", chain).isCloseTo(want, within(1e-5 * want + 1e-300));
        }
        assertThat(ids).as("chain %s", chain).isEqualTo(List.copyOf(expected.keySet()));
        assertThat(sum).isCloseTo(1, within(1e-9));
    }

    private static List<Stage> randomChain(SplittableRandom random, int n) {
        List<Stage> chain = new ArrayList<>();
        int length = random.nextInt(7);
        for (int i = 0; i < length; i++) {
            chain.add(
                    switch (random.nextInt(7)) {
                        case 0 ->
                            new Penalties(
                                    (float) random.nextDouble(0.5, 2),
                                    (float) random.nextDouble(-1, 1),
                                    (float) random.nextDouble(-1, 1),
                                    random.nextInt(-1, 60));
                        case 1 ->
                            new LogitBias(
                                    Map.of(random.nextInt(n), 2.5f, n + 7, random.nextBoolean() ? 1f : LogitBias.BAN));
                        case 2 -> new TopK(1 + random.nextInt(2 * n));
                        case 3 -> new TopP((float) random.nextDouble(0.01, 1), 1 + random.nextInt(5));
                        case 4 -> new MinP((float) random.nextDouble(0, 1), 1 + random.nextInt(5));
                        case 5 -> new Temperature((float) random.nextDouble(0.2, 3));
                        default -> new Temperature(random.nextInt(4) == 0 ? 0 : 1);
                    });
        }
        return chain;
    }
}
