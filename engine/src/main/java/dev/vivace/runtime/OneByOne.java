package dev.vivace.runtime;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Accepted;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Decoding;
import dev.vivace.seam.PartState;
import dev.vivace.seam.Request;
import dev.vivace.seam.Results;
import java.util.List;
import java.util.Optional;

/// The default decoding: one row a step, one token accepted.
final class OneByOne implements Decoding {
    /// The row of the sequence's latest step.
    private static final class Row implements PartState {
        int row;

        @Override
        public PartState fork() {
            return new Row();
        }

        @Override
        public void truncate(int length) {}

        @Override
        public void keep(int base, int[] offsets, int count) {}
    }

    @Override
    public Optional<PartState> newState() {
        return Optional.of(new Row());
    }

    @Override
    public void propose(List<? extends Request> requests, Batch out) {
        for (int i = 0; i < requests.size(); i++) {
            Request request = requests.get(i);
            int row = out.add(request.sequence(), Phase.DECODE, request.pending());
            out.wantLogits(row);
            request.sequence().<Row>state(this).row = row;
        }
    }

    @Override
    public void accept(Results results, Request request, Accepted out) {
        begin(results, request.sequence().<Row>state(this).row, request, out);
    }
}
