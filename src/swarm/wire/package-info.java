/// Frames over mutual TLS, all on one port: how nodes reach each other.
///
/// `Port` accepts, `Dialer` dials, and each hands out a `Link`, which carries frames both ways and
/// knows who the other end has proved to be. `Protocol` names what a link is for; `Rights` is the
/// one table of who may open which, and ask what. What the frames mean is for those who use them.
///
/// A connection begins so: TCP; the handshake of TLS 1.3 with the protocol as its ALPN; then one
/// frame of the port, empty for "come in", else the sentence that refuses, after which it ends.
package swarm.wire;
