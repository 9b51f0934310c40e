package swarm.json;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A component that is written for the log and between nodes, never for the API: keys, secrets and
/// what Docker does not have. It is read from anywhere, since Docker takes secrets it never shows.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Hidden {
}
