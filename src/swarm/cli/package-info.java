/// What the user types and what the user sees. A command line becomes requests of Docker's Engine
/// API, answers become Docker's tables, texts and exit codes.
///
/// It decides nothing that the daemon should decide: a value is checked only where Docker's own
/// client checks it, everything else is sent and the daemon's refusal printed.
///
/// Everything here is a function of the arguments and a `World`; `HostWorld` is the real one,
/// the tests have one in memory. A process lives for one command, so its cost is loading classes:
/// no lambdas, streams, regular expressions or formatters, and only the command's own classes.
/// Start with `Cli`, then `Command` and one of the three groups.
package swarm.cli;
