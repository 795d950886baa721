package dev.vivace.runtime;

import dev.vivace.seam.Request;
import dev.vivace.seam.Scheduling;
import java.util.ArrayList;
import java.util.List;

/// Writes what scheduling decides onto the requests.
final class BudgetBook implements Scheduling.Budget {
    private final List<LiveRequest> preempted = new ArrayList<>();

    @Override
    public void rows(Request request, int prefill, int draft) {
        ((LiveRequest) request).budget(prefill, draft);
    }

    @Override
    public void preempt(Request request) {
        preempted.add((LiveRequest) request);
    }

    List<LiveRequest> preempted() {
        List<LiveRequest> taken = preempted.isEmpty() ? List.of() : List.copyOf(preempted);
        preempted.clear();
        return taken;
    }
}
