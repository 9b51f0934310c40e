/// The proof of "nothing but a JDK": the module may read `java.base` and `java.net.http`, no more.
/// The jar itself is started from the class path; the compiler checks this file all the same.
module swarm {
    requires java.net.http;
}
