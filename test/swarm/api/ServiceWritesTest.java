package swarm.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import swarm.model.Service;
import swarm.model.Version;

/// What of a service's changes clients do not see: the spec version, which says whether tasks are
/// up to date, and what was given for the registry.
final class ServiceWritesTest {
    private final LabSwarm swarm = new LabSwarm();

    private static String spec(String image, int replicas) {
        return "{\"Name\":\"web\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"" + image
                + "\"}},\"Mode\":{\"Replicated\":{\"Replicas\":" + replicas + "}}}";
    }

    private Service create(String auth, String spec) {
        assertEquals(201, swarm.ask("POST", "/services/create", auth, spec).status());
        return swarm.service("web");
    }

    private Service update(String query, String auth, String spec) {
        String target = "/services/web/update?version=" + swarm.version("web") + query;
        assertEquals(200, swarm.ask("POST", target, auth, spec).status());
        return swarm.service("web");
    }

    private static String auth(Service service) {
        return service.spec().taskTemplate().container().registryAuth();
    }

    @Test void scalingKeepsTheSpecVersion() {
        Version made = create("", spec("alpine", 1)).specVersion();
        Service scaled = update("", "", spec("alpine", 7));
        assertEquals(made, scaled.specVersion());
        assertNotEquals(made, scaled.version());
    }

    @Test void anotherTemplateTakesAnotherSpecVersion() {
        create("", spec("alpine", 1));
        Service updated = update("", "", spec("busybox", 1));
        assertEquals(updated.version(), updated.specVersion());
    }

    @Test void otherPortsTakeAnotherSpecVersion() {
        create("", spec("alpine", 1));
        String spec = spec("alpine", 1);
        Service updated = update("", "", spec.substring(0, spec.length() - 1)
                + ",\"EndpointSpec\":{\"Ports\":[{\"TargetPort\":8,\"PublishMode\":\"host\"}]}}");
        assertEquals(updated.version(), updated.specVersion());
        assertEquals(8, updated.endpoint().ports().getFirst().targetPort());
    }

    @Test void registrysWordIsKeptAndNotShown() {
        create("SECRET", spec("alpine", 1));
        assertEquals("SECRET", auth(update("", "", spec("busybox", 1))));
        assertEquals("NEW", auth(update("", "NEW", spec("busybox", 2))));
        assertEquals("SECRET",
                auth(update("&registryAuthFrom=previous-spec", "", spec("busybox", 3))));
        for (String path : new String[] {"/services", "/services/web?insertDefaults=true"}) {
            String shown = new String(swarm.ask("GET", path, "", "").body(),
                    StandardCharsets.UTF_8);
            assertFalse(shown.contains("SECRET") || shown.contains("NEW"), shown);
        }
    }

    @Test void rollbackSwapsTheSpecs() {
        Service first = create("", spec("alpine", 1));
        update("", "", spec("busybox", 1));
        Service back = update("&rollback=previous", "", spec("busybox", 1));
        assertEquals(first.spec(), back.spec());
        assertEquals("busybox", back.previousSpec().orElseThrow().taskTemplate().container()
                .image());
    }

    @Test void updateForgetsTheStatusOfTheOneBefore() {
        create("", spec("alpine", 1));
        update("", "", spec("busybox", 1));
        assertTrue(update("&rollback=previous", "", spec("busybox", 1)).updateStatus()
                .isPresent());
        assertTrue(update("", "", spec("alpine", 1)).updateStatus().isEmpty());
    }

    @Test void drawnNamesAreGoodAndNeverTaken() {
        TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < 600; i++) {
            assertEquals(201, swarm.ask("POST", "/services/create", "", "{\"TaskTemplate\":"
                    + "{\"ContainerSpec\":{\"Image\":\"alpine\"}}}").status());
        }
        swarm.view().services().forEach(service -> names.add(service.spec().name()));
        assertEquals(600, names.size());
        assertTrue(names.stream().allMatch(name -> name.matches("[a-z]+_[a-z]+[0-9]*")));
    }
}
