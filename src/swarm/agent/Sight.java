package swarm.agent;

import java.util.Optional;
import swarm.engine.Container;

/// What is known of a task's container: its id once there is one, and what the last inspection
/// showed. After anything that may have changed it the knowledge is in doubt, and nothing is
/// decided on it until the engine has been asked again.
final class Sight {
    /// The container that was made or seen; absent when there is none.
    private Optional<String> id = Optional.empty();

    /// As last inspected; absent when there is none, or it was only made.
    private Optional<Container> shown = Optional.empty();

    /// Whether to look before relying on the rest: set by whatever may have changed the container,
    /// cleared when the look is sent off.
    private boolean doubted;

    /// Whether the name belongs to a container that is not ours.
    private boolean foreign;

    Sight(boolean doubted) {
        this.doubted = doubted;
    }

    void doubt() {
        doubted = true;
    }

    void looking() {
        doubted = false;
    }

    void made(String containerId) {
        id = Optional.of(containerId);
        shown = Optional.empty();
        foreign = false;
    }

    void shows(Container container, boolean ours) {
        foreign = !ours;
        id = ours ? Optional.of(container.id()) : Optional.empty();
        shown = ours ? Optional.of(container) : Optional.empty();
    }

    void gone() {
        id = Optional.empty();
        shown = Optional.empty();
        foreign = false;
    }

    boolean doubted() {
        return doubted;
    }

    boolean foreign() {
        return foreign;
    }

    Optional<String> id() {
        return id;
    }

    Optional<Container> shown() {
        return shown;
    }

    boolean alive() {
        return shown.filter(Container::alive).isPresent();
    }

    boolean ended() {
        return in(Container.State.EXITED) || in(Container.State.DEAD);
    }

    boolean leaving() {
        return in(Container.State.REMOVING);
    }

    boolean health(Container.Health health) {
        return shown.flatMap(Container::health).equals(Optional.of(health));
    }

    /// Whether the container belongs to another run than this one.
    boolean ofOtherRun(long run) {
        return shown.filter(container -> Owner.run(container) != run).isPresent();
    }

    private boolean in(Container.State state) {
        return shown.filter(container -> container.state() == state).isPresent();
    }
}
