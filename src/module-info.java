/// The proof of "nothing but a JDK": the module may read `java.base`, `java.net.http` and, for the
/// kernel's options of a socket, `jdk.net`, no more. The jar itself is started from the class path;
/// the compiler checks this file all the same.
module swarm {
    requires java.net.http;
    requires jdk.net;
}
