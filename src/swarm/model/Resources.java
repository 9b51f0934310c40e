package swarm.model;

import swarm.json.Name;

/// Processor and memory: what a node has, or what a task reserves. Billionths of a core, bytes.
public record Resources(@Name("NanoCPUs") long nanoCpus, long memoryBytes) {
    /// Nothing.
    public static final Resources NONE = new Resources(0, 0);

    /// What is left when the other is taken away; may be negative.
    public Resources minus(Resources other) {
        return new Resources(nanoCpus - other.nanoCpus, memoryBytes - other.memoryBytes);
    }

    /// Both together.
    public Resources plus(Resources other) {
        return new Resources(nanoCpus + other.nanoCpus, memoryBytes + other.memoryBytes);
    }

    /// Whether the other fits in; what is not asked for always fits.
    public boolean holds(Resources other) {
        return (other.nanoCpus == 0 || other.nanoCpus <= nanoCpus)
                && (other.memoryBytes == 0 || other.memoryBytes <= memoryBytes);
    }
}
