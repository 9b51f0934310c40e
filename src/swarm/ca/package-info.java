/// Identities: who a node is, and how another can tell.
///
/// A swarm has one root certificate. Its key signs a certificate for every node, whose subject says
/// which node it is, of which cluster, and in which role (`NodeName`). `SigningKey` is the only
/// place that makes keys and signatures; `CertificateForm` says what our certificates look like;
/// `Certificate` reads anybody's; `RootCa` joins the two; `JoinToken` lets a new node know the
/// right root before it tells its secret; `Identity` is what a node keeps; `Tls` turns it into
/// contexts. All of it is bytes in the encoding that `Der` and `DerReader` know.
///
/// Nothing here reads a clock, a file or chance: instants and generators are arguments, so a seeded
/// `SecureRandom` repeats keys and signatures. Reading is done without the JDK's security classes;
/// they are loaded at the first signature, and those of TLS at the first connection.
package swarm.ca;
