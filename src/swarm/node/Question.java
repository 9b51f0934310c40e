package swarm.node;

import java.util.List;
import java.util.Optional;
import swarm.api.ApiAnswer;
import swarm.api.ApiRequest;
import swarm.api.Route;
import swarm.json.Audience;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.Node;

/// What one node asks a manager, one frame each, and what it is told, in the next frame. `Join`
/// comes over a connection that proves nothing; all others over one that proves the asker's id.
/// What may be asked by whom is a part of the table in [swarm.wire.Rights].
sealed interface Question {
    /// Let this key's holder in. The token says as what.
    ///
    /// @param token   as it was typed, secret and all
    /// @param request a signing request (PEM) of the node's key
    record Join(String token, String request, Node.Availability availability)
            implements Question { }

    /// I listen at `addr` and am to be a manager: by the token, or, where it is empty, because my
    /// row says so.
    record Seat(String token, String request, String addr, Node.Availability availability)
            implements Question { }

    /// Sign my key anew, with the role that I have now.
    record Renew(String request) implements Question { }

    /// What does my row say?
    record Row() implements Question { }

    /// I go, for good. A manager asks until raft does without it.
    record Leave() implements Question { }

    /// A client's request that came to a manager that does not lead. Its id stays the same however
    /// often it is asked, so that it is done once.
    record Handle(String requestId, ApiRequest request) implements Question { }

    /// A client's request for output that came to a manager that does not lead. After an answer of
    /// 200 the link carries the bytes for the client, as they come, until the goodbye.
    record Logs(Route.LogTarget target) implements Question { }

    /// Here I am with the output of my tasks that was asked for under this name. After an answer of
    /// 200 each frame is one of Docker's log frames, whole, until the goodbye.
    record Output(String stream) implements Question { }

    /// What a manager says.
    sealed interface Reply {
        /// What a client would be told; also every refusal.
        record Answered(ApiAnswer answer) implements Reply { }

        /// Another one leads: ask there. Empty when none is known to lead.
        record Elsewhere(String addr) implements Reply { }

        /// You are in, as a worker; or known, and to ask for a seat next.
        record Joined(String cluster, Node.Role role, String certificate, String root,
                List<Known> managers) implements Reply { }

        /// You are a manager from here on, and learn the log.
        record Seated(long raftId, String certificate, List<Known> managers) implements Reply { }

        /// The key that was shown is signed anew.
        record Renewed(String certificate) implements Reply { }

        /// The asker's row: what it is to be, and its number in raft, 0 for none. Without a role
        /// there is no row: the node was removed.
        record Row(Optional<Node.Role> role, long raftId) implements Reply { }
    }

    /// A manager as others find it: its number in raft and its address.
    record Known(long raftId, String addr) { }

    /// The frame of this question.
    default byte[] frame() {
        return RecordCodec.toBytes(Question.class, this, Audience.LOG);
    }

    /// The question in a frame.
    static Question of(byte[] frame) throws JsonException {
        return RecordCodec.fromBytes(Question.class, frame);
    }

    /// The frame of a reply.
    static byte[] frame(Reply reply) {
        return RecordCodec.toBytes(Reply.class, reply, Audience.LOG);
    }

    /// The reply in a frame.
    static Reply reply(byte[] frame) throws JsonException {
        return RecordCodec.fromBytes(Reply.class, frame);
    }
}
