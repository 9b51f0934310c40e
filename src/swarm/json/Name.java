package swarm.json;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The JSON name of a record's component, of an enum's constant or of a record in a sealed family,
/// where it is not what `RecordCodec` would derive: `ID`, `DNSConfig`, `on-failure`. A constant
/// named `""` is what an absent field reads as.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.TYPE})
public @interface Name {
    String value();
}
