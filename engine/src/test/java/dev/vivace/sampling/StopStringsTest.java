package dev.vivace.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.OptionException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    @Property(tries = 5000, seed = "20261123")
    void streamingFindsWhatASearchOfTheWholeTextFinds(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> stops = java.util.stream.IntStream.range(0, random.nextInt(5))
                .mapToObj(_ -> word(random, 1 + random.nextInt(5)))
                .toList();
        String text = word(random, random.nextInt(60));
        StopMatcher matcher = StopStrings.of(stops).matcher();
        StringBuilder shown = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int next = Math.min(text.length(), at + random.nextInt(6));
            shown.append(matcher.push(text.substring(at, next)));
            at = next;
            if (!matcher.isStopped()) {
                String held = text.substring(shown.length(), at);
                assertThat(text.substring(0, at)).isEqualTo(shown + held);
                // Nothing is held back without need, and nothing that could be a stop is shown.
                assertThat(held).isEqualTo(longestOpenSuffix(text.substring(0, at), stops));
            }
        }
        shown.append(matcher.finish());

        Optional<String> first = firstComplete(text, stops);
        assertThat(matcher.matched()).isEqualTo(first);
        String expected =
                first.map(stop -> text.substring(0, text.indexOf(stop))).orElse(text);
        assertThat(shown.toString()).isEqualTo(expected);
    }

    private static String word(SplittableRandom random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append("aab".charAt(random.nextInt(3)));
        }
        return word.toString();
    }

    private static Optional<String> firstComplete(String text, List<String> stops) {
        return stops.stream()
                .filter(text::contains)
                .min(java.util.Comparator.comparingInt((String s) -> text.indexOf(s) + s.length())
                        .thenComparingInt(s -> -s.length()));
    }

    private static String longestOpenSuffix(String text, List<String> stops) {
        for (int start = 0; start < text.length(); start++) {
            String suffix = text.substring(start);
            if (stops.stream().anyMatch(stop -> stop.startsWith(suffix))) {
                return suffix;
            }
        }
        return "";
    }

    @Test
    void holdsBackAcrossPiecesAndDropsWhatFollows() {
        StopMatcher matcher = StopStrings.of(List.of("\nUser:", "###")).matcher();
        assertThat(matcher.push("Hello")).isEqualTo("Hello");
        assertThat(matcher.push("!\nUs")).isEqualTo("!");
        assertThat(matcher.push("e #")).isEqualTo("\nUse ");
        assertThat(matcher.push("#")).isEmpty();
        assertThat(matcher.push("a\nUser: hi")).isEqualTo("##a");
        assertThat(matcher.matched()).contains("\nUser:");
        assertThat(matcher.push("more")).isEmpty();
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void theStopThatIsCompleteFirstWinsThenTheLongest() {
        StopMatcher matcher = StopStrings.of(List.of("abcd", "bc", "xbc")).matcher();
        assertThat(matcher.push("abcd")).isEqualTo("a");
        assertThat(matcher.matched()).contains("bc");
        StopMatcher longest = StopStrings.of(List.of("bc", "xbc")).matcher();
        assertThat(longest.push("axbc")).isEqualTo("a");
        assertThat(longest.matched()).contains("xbc");
    }

    @Test
    void surrogatePairsStayWhole() {
        StopMatcher matcher = StopStrings.of(List.of("\uD83D\uDE00")).matcher();
        assertThat(matcher.push("\uD83D\uDE01")).isEqualTo("\uD83D\uDE01");
        assertThat(matcher.push("a\uD83D\uDE00")).isEqualTo("a");
        assertThat(matcher.isStopped()).isTrue();
    }

    @Test
    void withoutStopsTextPassesThrough() {
        StopMatcher matcher = StopStrings.of(List.of()).matcher();
        assertThat(matcher.push("anything")).isEqualTo("anything");
        assertThat(matcher.finish()).isEmpty();
        assertThat(matcher.matched()).isEmpty();
    }

    @Test
    void longRunsTakeLinearTime() {
        String almost = "a".repeat(30_000);
        StopMatcher matcher =
                StopStrings.of(List.of(almost + "b", "a".repeat(20_000) + "c")).matcher();
        long length = 0;
        for (int i = 0; i < 200; i++) {
            length += matcher.push("a".repeat(5_000)).length();
        }
        assertThat(length).isEqualTo(200 * 5_000 - 30_000);
        assertThat(matcher.finish()).hasSize(30_000);
    }

    @Test
    void wrongStopsGetOneSentence() {
        assertThatThrownBy(() -> StopStrings.of(List.of("a", ""))).isInstanceOf(OptionException.class);
        assertThatThrownBy(() -> StopStrings.of(List.of("a".repeat(70_000))))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("70000 characters");
    }
}
