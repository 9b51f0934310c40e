package swarm.json;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A component that is written even when it is empty: `""`, `0`, `false`, `[]`, `{}`; an absent
/// Optional is then `null`, or the year 1 if it is a time.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Always {
}
