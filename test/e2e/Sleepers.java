package e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import swarm.json.Json;

/// A service whose tasks sleep, in a lab: what is shown of it, and what the kernel says of it.
final class Sleepers implements AutoCloseable {
    private static final String NAME = "sleepers";

    private final Lab lab;
    private final ApiClient api;
    private final CrashLoad.Wish wish;

    /// Founds a swarm with a service of so many tasks in it.
    Sleepers(Lab lab, int replicas) throws IOException {
        this.lab = lab;
        this.api = new ApiClient(lab);
        this.wish = new CrashLoad.Wish(7, replicas);
        api.init(10_000).ok();
        api.ask("POST", "/services/create", new CrashLoad(lab, 0, new Random(0))
                .spec(NAME, wish)).ok();
    }

    ApiClient api() {
        return api;
    }

    /// Waits until all tasks run and are shown to, and nothing else runs; returns their processes.
    List<TaskProcess> whole() throws IOException {
        String[] seen = {""};
        try {
            Lab.await("all tasks run and are shown", () -> {
                List<TaskProcess> real = TaskProcess.of(lab);
                List<String> shown = pids("running", "running");
                seen[0] = "shown " + shown + ", real " + real;
                return real.size() == wish.replicas() && shown.equals(real.stream()
                        .map(process -> "" + process.pid()).sorted().toList());
            });
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + ": " + seen[0] + "\n" + lab.logText(),
                    late);
        }
        return TaskProcess.of(lab);
    }

    /// Waits until a task is shown in a state.
    void await(String task, String state) throws IOException {
        Lab.await(task + " is shown as " + state, () -> tasks().stream().anyMatch(
                seen -> seen.str("ID").equals(task)
                        && seen.obj("Status").str("State").equals(state)));
    }

    /// All tasks, as they are shown.
    List<Json.Obj> tasks() throws IOException {
        List<Json.Obj> tasks = new ArrayList<>();
        if (api.read("/tasks").ok().json() instanceof Json.Arr arr) {
            arr.items().forEach(task -> tasks.add(task.asObj()));
        }
        return tasks;
    }

    private List<String> pids(String desired, String state) throws IOException {
        return tasks().stream().filter(task -> task.str("DesiredState").equals(desired)
                        && task.obj("Status").str("State").equals(state))
                .map(task -> "" + task.obj("Status").obj("ContainerStatus").num("PID"))
                .sorted().toList();
    }

    @Override public void close() throws IOException {
        api.close();
    }
}
