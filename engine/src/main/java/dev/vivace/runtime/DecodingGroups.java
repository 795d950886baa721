package dev.vivace.runtime;

import dev.vivace.seam.Batch;
import dev.vivace.seam.Decoding;
import java.util.ArrayList;
import java.util.List;

/// Requests by their decoding part, so that each part is asked once a step.
final class DecodingGroups {
    private final List<Decoding> parts = new ArrayList<>();
    private final List<List<LiveRequest>> members = new ArrayList<>();

    void propose(List<LiveRequest> requests, Batch out) {
        parts.clear();
        for (int i = 0; i < members.size(); i++) {
            members.get(i).clear();
        }
        for (int i = 0; i < requests.size(); i++) {
            if (requests.get(i).rests()) {
                continue;
            }
            Decoding part = requests.get(i).runner().parts().decoding();
            int at = parts.indexOf(part);
            if (at < 0) {
                at = parts.size();
                parts.add(part);
                if (members.size() == at) {
                    members.add(new ArrayList<>());
                }
            }
            members.get(at).add(requests.get(i));
        }
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).propose(members.get(i), out);
        }
    }
}
