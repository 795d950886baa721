package dev.vivace.runtime;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Prefill;
import dev.vivace.seam.Request;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;

/// The default prefill: the prompt's tokens in order, as many a step as scheduling gives.
final class ChunkedPrefill implements Prefill {
    @Override
    public Job start(Request request, Runner runner) {
        return new Chunks(request);
    }

    private static final class Chunks implements Job {
        private final Request request;
        private int next;
        private int lastRow = -1;

        Chunks(Request request) {
            this.request = request;
            this.next = request.cached();
        }

        @Override
        public int next(int maxRows, Batch out) {
            int[] prompt = request.prompt();
            int rows = Math.min(maxRows, prompt.length - next);
            int row = -1;
            for (int i = 0; i < rows; i++) {
                row = out.add(request.sequence(), Phase.PREFILL, prompt[next++]);
            }
            lastRow = -1;
            if (rows > 0 && next == prompt.length) {
                out.wantLogits(row);
                lastRow = row;
            }
            return rows;
        }

        @Override
        public int take(Results results) {
            return lastRow;
        }
    }
}
