package dev.vivace.runtime;

import dev.vivace.seam.Request;
import dev.vivace.seam.Scheduling;
import java.util.List;

/// The default scheduling: every running request decodes in every step; what is left of the step's rows goes to
/// prompts, oldest first, so that a long prompt is split and nobody waits for it.
final class ContinuousBatching implements Scheduling {
    /// Rows of a step that has a prompt in it: enough to fill the machine, few enough not to hold decoding up.
    static final int STEP_ROWS = 512;

    @Override
    public void plan(Load load, List<? extends Request> prefilling, List<? extends Request> decoding, Budget out) {
        int left = STEP_ROWS;
        for (int i = 0; i < decoding.size(); i++) {
            Request request = decoding.get(i);
            out.rows(request, 0, request.remaining() - 1);
            left--;
        }
        for (int i = 0; i < prefilling.size() && left > 0; i++) {
            Request request = prefilling.get(i);
            int rows = Math.min(left, request.prompt().length - request.cached());
            out.rows(request, rows, 0);
            left -= rows;
        }
    }
}
