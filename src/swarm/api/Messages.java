package swarm.api;

import java.util.List;

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

    /// No manager leads, or none is known to.
    public static final String NO_LEADER = "The swarm does not have a leader. It's possible that "
            + "too few managers are online. Make sure more than half of the managers are online.";

    private Messages() { }

    /// No manager can lead, since these are missing, of so many.
    public static String noQuorum(List<String> missing, int managers) {
        int needed = managers / 2 + 1;
        int here = managers - missing.size();
        return NO_LEADER + " Missing: " + String.join("; ", missing) + ". Of " + managers
                + " managers " + needed + " are needed, and " + here + (here == 1 ? " is" : " are")
                + " here: start the daemon again on at least " + (needed - here)
                + " of the missing.";
    }

    /// What an even number of managers is good for; empty for an odd one.
    static List<String> evenManagers(int managers) {
        int lost = (managers - 1) / 2;
        return managers == 0 || managers % 2 == 1 ? List.of() : List.of(managers
                + " managers tolerate the loss of " + (lost == 0 ? "none" : lost) + ", as "
                + (managers - 1) + (lost == 0 ? " does; add a third" : " do; add one more"));
    }

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
