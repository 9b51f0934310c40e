package swarm.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Something mounted into a container. (Docker's `Mount`)
public record Mount(Optional<Type> type, String source, String target, boolean readOnly,
        String consistency, Optional<BindOptions> bindOptions,
        Optional<VolumeOptions> volumeOptions, Optional<TmpfsOptions> tmpfsOptions) {

    /// What is mounted.
    public enum Type { BIND, VOLUME, TMPFS, NPIPE, CLUSTER }

    /// Of a bind mount.
    public record BindOptions(String propagation, boolean nonRecursive, boolean createMountpoint,
            boolean readOnlyNonRecursive, boolean readOnlyForceRecursive) { }

    /// Of a volume.
    public record VolumeOptions(boolean noCopy, SortedMap<String, String> labels, String subpath,
            Optional<DriverConfig> driverConfig) { }

    /// Which driver makes the volume.
    public record DriverConfig(String name, SortedMap<String, String> options) { }

    /// Of a tmpfs: bytes and mode bits.
    public record TmpfsOptions(long sizeBytes, long mode, List<List<String>> options) { }

    /// The same mount between other places, their templates expanded.
    public Mount between(String source, String target) {
        return new Mount(type, source, target, readOnly, consistency, bindOptions, volumeOptions,
                tmpfsOptions);
    }
}
