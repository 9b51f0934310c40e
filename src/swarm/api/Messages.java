package swarm.api;

/// Docker's sentences that more than one place says.
public final class Messages {
    /// On a node that is in no swarm.
    public static final String NOT_A_MANAGER = "This node is not a swarm manager. Use \"docker "
            + "swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";
    /// On a worker.
    public static final String WORKER = "This node is not a swarm manager. Worker nodes can't be "
            + "used to view or modify cluster state. Please run this command on a manager node "
            + "or promote the current node to a manager.";
    /// Leaving where there is nothing to leave.
    public static final String NOT_IN_A_SWARM = "This node is not part of a swarm";
    /// Founding or joining a second time.
    public static final String ALREADY_IN_A_SWARM = "This node is already part of a swarm. Use "
            + "\"docker swarm leave\" to leave this swarm and join another one.";
    /// The last manager leaving without force.
    public static final String LAST_MANAGER = "You are attempting to leave the swarm on a node "
            + "that is participating as a manager. Removing the last manager erases all current "
            + "state of the swarm. Use `--force` to ignore this message. ";

    /// A join that takes longer than a client waits.
    public static final String JOIN_GOES_ON = "Timeout was reached before node joined. The attempt "
            + "to join the swarm will continue in the background. Use the \"docker info\" command "
            + "to see the current swarm status of your node.";

    private Messages() { }

    /// A manager leaving without force, one of so many.
    public static String leavingManager(int managers) {
        return managers <= 1 ? LAST_MANAGER : "You are attempting to leave the swarm on a node "
                + "that is participating as a manager, one of " + managers + ". The swarm goes on "
                + "with " + (managers - 1) + " managers" + (managers == 3 ? ", neither of which "
                + "may then be lost" : "") + ". Use `--force` to ignore this message.";
    }

    /// What this version does not carry is refused by its name.
    static ApiAnswer notCarried(String what) {
        return ApiAnswer.error(501, what + " is not part of this version of swarm");
    }

    /// An object that is not there.
    static ApiAnswer notFound(String kind, String id) {
        return ApiAnswer.error(404, kind + " " + id + " not found");
    }
}
