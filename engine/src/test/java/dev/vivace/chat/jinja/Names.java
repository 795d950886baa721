package dev.vivace.chat.jinja;

import java.util.Set;
import java.util.TreeSet;

/// The names that random templates are made of.
public final class Names {
    private Names() {}

    /// Every filter.
    public static Set<String> filters() {
        return new TreeSet<>(Filters.ALL.keySet());
    }

    /// Every test that is written as a word.
    public static Set<String> tests() {
        Set<String> names = new TreeSet<>(Tests.ALL.keySet());
        names.removeIf(name -> !Character.isLetter(name.charAt(0)));
        return names;
    }

    /// Every method of a string, list or map.
    public static Set<String> methods() {
        Set<String> names = new TreeSet<>(TextMethods.ALL.keySet());
        names.addAll(Set.of("get", "items", "keys", "values", "copy", "append", "update"));
        return names;
    }
}
