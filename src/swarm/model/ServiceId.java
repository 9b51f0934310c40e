package swarm.model;

import swarm.json.Scalar;

/// A service's id. 25 digits of base 36, see [Ids].
@Scalar
public record ServiceId(String text) implements Comparable<ServiceId> {
    @Override public int compareTo(ServiceId other) {
        return text.compareTo(other.text);
    }

    @Override public String toString() {
        return text;
    }
}
