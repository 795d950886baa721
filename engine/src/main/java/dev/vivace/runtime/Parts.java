package dev.vivace.runtime;

import dev.vivace.seam.Attention;
import dev.vivace.seam.Decoding;
import dev.vivace.seam.Depth;
import dev.vivace.seam.KvCache;
import dev.vivace.seam.Part;
import dev.vivace.seam.Prefill;
import java.util.List;

/// The parts that a request runs with, sorted by seam. The last of a seam with one place wins: wrappers come
/// after what they wrap.
///
/// @param all every part, model's and request's, innermost first
/// @param attention selectors of slots; their selections intersect
/// @param depth deciders of rows, asked in order
/// @param cache the cache's part
/// @param prefill the prompt's part
/// @param decoding the answer's part
record Parts(
        List<Part> all,
        List<Attention> attention,
        List<Depth> depth,
        KvCache cache,
        Prefill prefill,
        Decoding decoding) {

    static Parts of(List<Part> parts) {
        return new Parts(
                List.copyOf(parts),
                all(parts, Attention.class),
                all(parts, Depth.class),
                last(parts, KvCache.class, new PagedCache()),
                last(parts, Prefill.class, new ChunkedPrefill()),
                last(parts, Decoding.class, new OneByOne()));
    }

    static <P extends Part> List<P> all(List<Part> parts, Class<P> type) {
        return parts.stream().filter(type::isInstance).map(type::cast).toList();
    }

    static <P extends Part> P last(List<Part> parts, Class<P> type, P plain) {
        List<P> found = all(parts, type);
        return found.isEmpty() ? plain : found.getLast();
    }
}
