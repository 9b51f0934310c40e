package swarm.orchestrator;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceMode;
import swarm.model.StoredObject;
import swarm.model.Task;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Rolls services over to a new spec. Each service that has slots out of date is given one
/// [RollingUpdate]; a change of its spec ends that and begins another. What an update has done so
/// far stands in the tasks and in the service's update status, so a new leader goes on with it.
/// (swarmkit manager/orchestrator/update)
public final class Updater implements Loop {
    private final Restarter restarter;
    private final TreeMap<ServiceId, RollingUpdate> updates = new TreeMap<>();
    /// Services to be looked at: they, or a task of one that is being updated, changed.
    private final TreeSet<ServiceId> touched = new TreeSet<>();

    /// An updater whose new tasks are started by this restarter, once the old ones have stopped.
    public Updater(Restarter restarter) {
        this.restarter = restarter;
    }

    @Override public void onStart(View view, Moment moment) {
        view.services().forEach(service -> touched.add(service.id()));
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event.object()) {
            case Service service -> touched.add(service.id());
            case Task task -> {
                if (updates.containsKey(task.serviceId())) {
                    touched.add(task.serviceId());
                }
            }
            case Node _ -> view.services().stream().filter(service ->
                    service.spec().modeOrReplicated() instanceof ServiceMode.Global)
                    .forEach(service -> touched.add(service.id()));
            case StoredObject _ -> { }
        }
    }

    @Override public List<Transaction> decide(View view, Moment moment) {
        updates.forEach((id, update) -> {
            if (update.deadline() <= moment.now()) {
                touched.add(id);
            }
        });
        while (!touched.isEmpty()) {
            ServiceId id = touched.first();
            List<Transaction> wanted = look(id, view, moment);
            if (!wanted.isEmpty()) {
                return wanted;
            }
            touched.remove(id);
        }
        return List.of();
    }

    @Override public long deadline() {
        return updates.values().stream().mapToLong(RollingUpdate::deadline).min().orElse(NEVER);
    }

    private List<Transaction> look(ServiceId id, View view, Moment moment) {
        Optional<Service> service = view.service(id);
        if (service.isEmpty()) {
            updates.remove(id);
            return List.of();
        }
        RollingUpdate update = updates.get(id);
        if (update == null || !update.isFor(service.get())) {
            update = new RollingUpdate(service.get(), restarter);
            updates.put(id, update);
        }
        List<Transaction> wanted = update.step(service.get(), view, moment);
        if (update.over()) {
            updates.remove(id);
        }
        return wanted;
    }
}
