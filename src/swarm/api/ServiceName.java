package swarm.api;

import java.util.List;
import java.util.random.RandomGenerator;
import swarm.store.View;

/// Draws a name for a service that was given none: an adjective and the name of somebody to whom
/// networks and computers owe something, as Docker does it. Digits follow while the name is taken.
final class ServiceName {
    private static final List<String> ADJECTIVES = List.of("amber", "brave", "calm", "clever",
            "eager", "fair", "gentle", "happy", "keen", "kind", "lively", "mellow", "neat",
            "noble", "patient", "quick", "quiet", "steady", "sunny", "witty");
    private static final List<String> SURNAMES = List.of("baran", "bartik", "boole", "cerf",
            "codd", "dijkstra", "engelbart", "franklin", "hamilton", "hamming", "hopper",
            "knuth", "lamport", "liskov", "lovelace", "noether", "perlman", "ritchie", "shannon",
            "turing");
    private static final int DIGITS = 10;

    private ServiceName() { }

    /// A name that no service of the view has.
    static String draw(View view, RandomGenerator chance) {
        StringBuilder name = new StringBuilder()
                .append(ADJECTIVES.get(chance.nextInt(ADJECTIVES.size()))).append('_')
                .append(SURNAMES.get(chance.nextInt(SURNAMES.size())));
        while (view.serviceNamed(name.toString()).isPresent()) {
            name.append(chance.nextInt(DIGITS));
        }
        return name.toString();
    }
}
