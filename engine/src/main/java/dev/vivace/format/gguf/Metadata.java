package dev.vivace.format.gguf;

import dev.vivace.FormatException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The key-value part of a file, in file order, with accessors that say in one sentence what is missing or of
/// the wrong
/// type. Immutable. Arrays borrow the file's memory until they are asked for; what accessors return is plain Java.
///
/// Accessors without a fallback throw [FormatException] when the key is missing; all throw it when the value has
/// another
/// type.
public final class Metadata {
    private static final int LONGEST_WORD = 64;

    private final String source;
    private final Map<String, MetadataValue> values;

    private Metadata(String source, Map<String, MetadataValue> values) {
        this.source = source;
        this.values = values;
    }

    /// Metadata with these entries.
    ///
    /// @param source how messages call the place they come from, such as a file name
    /// @param values the entries; copied, order kept
    public static Metadata of(String source, Map<String, MetadataValue> values) {
        return new Metadata(source, Collections.unmodifiableMap(new LinkedHashMap<>(values)));
    }

    /// All keys, in file order.
    public Set<String> keys() {
        return values.keySet();
    }

    /// Whether the file has `key`.
    public boolean contains(String key) {
        return values.containsKey(key);
    }

    /// The value of `key` as the file holds it.
    public Optional<MetadataValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /// The text at `key`.
    public String text(String key) {
        return asText(key, required(key, "a string"));
    }

    /// The text at `key`, or `fallback` where the file has no such key.
    public String text(String key, String fallback) {
        MetadataValue value = values.get(key);
        return value == null ? fallback : asText(key, value);
    }

    /// The text at `key` that names one thing of a known few: at most 64 characters, none of them a control character.
    public String word(String key) {
        return word(key, text(key));
    }

    /// The name at `key`, as [#word(String)], or `fallback` where the file has no such key.
    public String word(String key, String fallback) {
        String word = text(key, fallback);
        if (word.length() > LONGEST_WORD || hasControl(word)) {
            throw new FormatException(source + ": metadata " + key + " is a string of " + word.length()
                    + " characters, expected a name of at most " + LONGEST_WORD + " visible ones");
        }
        return word;
    }

    private static boolean hasControl(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (Character.isISOControl(word.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /// The whole number at `key`.
    public long integer(String key) {
        return asInteger(key, required(key, "a whole number"));
    }

    /// The whole number at `key`, or `fallback` where the file has no such key.
    public long integer(String key, long fallback) {
        MetadataValue value = values.get(key);
        return value == null ? fallback : asInteger(key, value);
    }

    /// The number at `key`; whole numbers are fine too.
    public double real(String key) {
        return asReal(key, required(key, "a real number"));
    }

    /// The number at `key`, or `fallback` where the file has no such key; whole numbers are fine too.
    public double real(String key, double fallback) {
        MetadataValue value = values.get(key);
        return value == null ? fallback : asReal(key, value);
    }

    /// The flag at `key`, or `fallback` where the file has no such key.
    public boolean flag(String key, boolean fallback) {
        MetadataValue value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof MetadataValue.Flag(boolean flag)) {
            return flag;
        }
        throw wrong(key, value, "a bool");
    }

    /// The texts of the array at `key`.
    public Texts texts(String key) {
        PackedArray array = array(key, "an array of strings");
        if (array.element() != MetadataType.STRING && array.size() > 0) {
            throw wrong(key, new MetadataValue.Sequence(array), "an array of strings");
        }
        return array.size() == 0 ? new Texts(new byte[0], new int[1]) : array.texts();
    }

    /// The whole numbers of the array at `key`.
    public long[] integers(String key) {
        PackedArray array = array(key, "an array of whole numbers");
        if (!array.element().isWhole()) {
            throw wrong(key, new MetadataValue.Sequence(array), "an array of whole numbers");
        }
        return array.integers();
    }

    /// The real numbers of the array at `key`.
    public float[] reals(String key) {
        PackedArray array = array(key, "an array of real numbers");
        if (!array.element().isReal()) {
            throw wrong(key, new MetadataValue.Sequence(array), "an array of real numbers");
        }
        return array.reals();
    }

    private PackedArray array(String key, String expected) {
        MetadataValue value = required(key, expected);
        if (value instanceof MetadataValue.Sequence(PackedArray array)) {
            return array;
        }
        throw wrong(key, value, expected);
    }

    private String asText(String key, MetadataValue value) {
        if (value instanceof MetadataValue.Text(String text)) {
            return text;
        }
        throw wrong(key, value, "a string");
    }

    private long asInteger(String key, MetadataValue value) {
        if (value instanceof MetadataValue.Whole(MetadataType type, long whole)
                && (type != MetadataType.U64 || whole >= 0)) {
            return whole;
        }
        throw wrong(key, value, "a whole number of at most 63 bits");
    }

    private double asReal(String key, MetadataValue value) {
        // No switch over patterns: linking one takes a start longer than reading the file.
        if (value instanceof MetadataValue.Real real) {
            return real.value();
        }
        if (value instanceof MetadataValue.Whole) {
            return asInteger(key, value);
        }
        throw wrong(key, value, "a real number");
    }

    private MetadataValue required(String key, String expected) {
        @Nullable MetadataValue value = values.get(key);
        if (value == null) {
            throw new FormatException(source + ": metadata " + key + " is missing, expected " + expected);
        }
        return value;
    }

    private FormatException wrong(String key, MetadataValue value, String expected) {
        String seen = value.toString();
        String shown = seen.length() > 60 ? seen.substring(0, 60) + "…" : seen;
        return new FormatException(
                source + ": metadata " + key + " is " + value.label() + " " + shown + ", expected " + expected);
    }
}
