package dev.vivace.sampling;

import dev.vivace.OptionException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The strings that end an answer. Immutable and safe for use by many threads; each answer has a [StopMatcher].
///
/// The text ends at the stop string that is complete first; of several that are complete at the same character, the
/// longest counts. That depends on the text alone, never on how it was cut into pieces.
///
/// Cost: an automaton with a state for each character of the stop strings; each character of text takes amortized
/// constant many steps. Reference: Aho, Corasick: Efficient String Matching, 1975,
/// <https://doi.org/10.1145/360825.360855>.
public final class StopStrings {
    /// The most characters that all stop strings may have together.
    public static final int MOST_CHARACTERS = 65_536;

    /// No stop string: text passes through as it is.
    public static final StopStrings NONE = new StopStrings(List.of());

    private static final int ROOT = 0;

    private final List<String> strings;
    // By state: the characters that lead on, rising, and the states they lead to.
    private final char[][] labels;
    private final int[][] targets;
    // The state of the longest proper suffix that starts a stop string.
    private final int[] suffix;
    private final int[] depth;
    // The longest stop string that ends here, -1 for none.
    private final int[] match;

    private StopStrings(List<String> strings) {
        this.strings = strings;
        int states = 1 + strings.stream().mapToInt(String::length).sum();
        labels = new char[states][0];
        targets = new int[states][0];
        suffix = new int[states];
        depth = new int[states];
        match = new int[states];
        Arrays.fill(match, -1);
        int used = 1;
        for (int i = 0; i < strings.size(); i++) {
            used = add(i, used);
        }
        linkSuffixes();
    }

    /// The automaton for `strings`; their order only matters for [StopMatcher#matched] among equal ones.
    ///
    /// @throws OptionException when one is empty or all together are longer than [#MOST_CHARACTERS]
    public static StopStrings of(List<String> strings) {
        long characters = 0;
        for (String string : strings) {
            if (string.isEmpty()) {
                throw new OptionException("a stop string is empty, expected one character at least");
            }
            characters += string.length();
        }
        if (characters > MOST_CHARACTERS) {
            throw new OptionException("the stop strings have " + characters + " characters together, expected "
                    + MOST_CHARACTERS + " at most");
        }
        return strings.isEmpty() ? NONE : new StopStrings(List.copyOf(strings));
    }

    /// The strings, as given.
    public List<String> strings() {
        return strings;
    }

    /// A matcher at the start of an answer.
    public StopMatcher matcher() {
        return new StopMatcher(this);
    }

    /// The state after `state` when `next` follows: that of the longest suffix of the text that starts a stop
    /// string.
    int step(int state, char next) {
        int from = state;
        while (true) {
            int at = Arrays.binarySearch(labels[from], next);
            if (at >= 0) {
                return targets[from][at];
            }
            if (from == ROOT) {
                return ROOT;
            }
            from = suffix[from];
        }
    }

    /// How many characters before this state may still become a stop string.
    int depth(int state) {
        return depth[state];
    }

    /// The index of the longest stop string that ends at this state, -1 for none.
    int match(int state) {
        return match[state];
    }

    private int add(int index, int firstFree) {
        int free = firstFree;
        int state = ROOT;
        String string = strings.get(index);
        for (int i = 0; i < string.length(); i++) {
            int at = Arrays.binarySearch(labels[state], string.charAt(i));
            if (at < 0) {
                depth[free] = i + 1;
                extend(state, -at - 1, string.charAt(i), free);
                state = free++;
            } else {
                state = targets[state][at];
            }
        }
        match[state] = match[state] < 0 ? index : match[state];
        return free;
    }

    private void extend(int state, int at, char label, int target) {
        int count = labels[state].length;
        char[] longerLabels = Arrays.copyOf(labels[state], count + 1);
        int[] longerTargets = Arrays.copyOf(targets[state], count + 1);
        System.arraycopy(labels[state], at, longerLabels, at + 1, count - at);
        System.arraycopy(targets[state], at, longerTargets, at + 1, count - at);
        longerLabels[at] = label;
        longerTargets[at] = target;
        labels[state] = longerLabels;
        targets[state] = longerTargets;
    }

    /// Walks states by rising depth, so that the suffix of each is linked before it.
    private void linkSuffixes() {
        ArrayDeque<Integer> open = new ArrayDeque<>(children(ROOT));
        while (!open.isEmpty()) {
            int state = open.removeFirst();
            if (match[state] < 0) {
                match[state] = match[suffix[state]];
            }
            for (int i = 0; i < targets[state].length; i++) {
                suffix[targets[state][i]] = step(suffix[state], labels[state][i]);
                open.addLast(targets[state][i]);
            }
        }
    }

    private List<Integer> children(int state) {
        List<Integer> children = new ArrayList<>();
        for (int target : targets[state]) {
            children.add(target);
        }
        return children;
    }
}
