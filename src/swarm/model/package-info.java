/// The nouns of the swarm, as records whose component names are the Docker API's field names, so
/// that one codec gives both the API's JSON and the log's bytes. A record checks itself, answers
/// questions about itself and makes changed copies; it does nothing else. Absent is Optional or an
/// empty list. Read [swarm.model.Task] first; next is the package `store`, which keeps these.
package swarm.model;
