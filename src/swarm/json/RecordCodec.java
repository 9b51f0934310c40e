package swarm.json;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Records to JSON and back, derived from their components.
///
/// | Java | JSON |
/// |---|---|
/// | record | object; component `stopSignal` is `StopSignal`, or what `@Name` says |
/// | record with `@Scalar` | its one component |
/// | sealed interface | object with one member, named after the variant |
/// | enum | `NAME_X` is `"name_x"`, or what `@Name` says |
/// | `String`, `long`, `int`, `double`, `boolean` | string, number, bool |
/// | `byte[]`, `Instant` | string: base 64, RFC 3339 |
/// | `List<T>`, `SortedMap<String, T>` | array, object |
/// | `Json` | itself |
///
/// Written: a plain component is left out when it is empty, unless it is `@Always`; a record, a
/// time and a constant are never empty. An `Optional` is left out when it is absent and written
/// when it is present, whatever it holds. `@Hidden` components are written for the log only.
///
/// Read: names match whatever their case, as in Go; `null` is absent, and so are `""` where a
/// constant and `{}` where a family is expected, which Go's clients send for what they do not
/// choose. An absent component is the empty value of its type, a record of such components if it is
/// a record; where there is none (a constant, a family) it is refused. A field that no record has
/// is refused by its path, unless it is empty: what we do not model is never dropped silently. A
/// record's own refusal (`IllegalArgumentException`) becomes a `JsonException`.
///
/// This is the only reflection of the program. What a type's components are is found out once a
/// class; a type this cannot do is a bug and met at the first use. A record may contain itself only
/// by way of a sealed family.
public final class RecordCodec {
    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override protected Shape computeValue(Class<?> type) {
            return declared(type);
        }
    };

    private RecordCodec() {
    }

    public static <T> T fromJson(Class<T> type, Json json) throws JsonException {
        return type.cast(SHAPES.get(type).readOrAbsent(json));
    }

    public static <T> T fromBytes(Class<T> type, byte[] utf8) throws JsonException {
        return fromJson(type, Json.parse(utf8));
    }

    public static Json toJson(Record value, Audience audience) {
        return json(SHAPES.get(value.getClass()), value, audience);
    }

    /// Of a value of a sealed family, which needs to say its variant.
    public static <T> Json toJson(Class<T> family, T value, Audience audience) {
        return json(SHAPES.get(family), value, audience);
    }

    public static byte[] toBytes(Record value, Audience audience) {
        return bytes(SHAPES.get(value.getClass()), value, audience);
    }

    /// Of a value of a sealed family, which needs to say its variant.
    public static <T> byte[] toBytes(Class<T> family, T value, Audience audience) {
        return bytes(SHAPES.get(family), value, audience);
    }

    private static byte[] bytes(Shape shape, Object value, Audience audience) {
        return text(shape, value, audience).getBytes(StandardCharsets.UTF_8);
    }

    /// By way of the text, so that each shape says but once how it is written.
    private static Json json(Shape shape, Object value, Audience audience) {
        try {
            return Json.parse(text(shape, value, audience));
        } catch (JsonException tooDeep) {
            throw new IllegalArgumentException("a record that JSON cannot hold", tooDeep);
        }
    }

    private static String text(Shape shape, Object value, Audience audience) {
        JsonWriter writer = new JsonWriter(false);
        shape.write(value, writer, audience);
        return writer.text();
    }

    /// The shape of a class that its own declaration describes.
    private static Shape declared(Class<?> type) {
        if (type.isRecord()) {
            return type.isAnnotationPresent(Scalar.class) ? Wrapped.of(type) : Fields.of(type);
        }
        if (type.isEnum()) {
            return Constants.of(type);
        }
        if (type.isSealed() && type.isInterface()) {
            return Family.of(type);
        }
        throw new IllegalArgumentException(type.getName() + " has no shape in JSON");
    }

    private static Shape shape(Type type) {
        return switch (type) {
            case Class<?> plain -> shape(plain);
            case ParameterizedType group -> shape(group);
            default -> throw new IllegalArgumentException(type + " has no shape in JSON");
        };
    }

    private static Shape shape(Class<?> type) {
        return switch (type.getName()) {
            case "java.lang.String" -> Leaf.TEXT;
            case "long", "java.lang.Long" -> Leaf.LONG;
            case "int", "java.lang.Integer" -> Leaf.INT;
            case "double", "java.lang.Double" -> Leaf.DOUBLE;
            case "boolean", "java.lang.Boolean" -> Leaf.BOOLEAN;
            case "[B" -> Leaf.BYTES;
            case "java.time.Instant" -> new TimeShape();
            case "swarm.json.Json" -> Leaf.JSON;
            default -> SHAPES.get(type);
        };
    }

    private static Shape shape(ParameterizedType type) {
        Type[] inner = type.getActualTypeArguments();
        return switch (type.getRawType().getTypeName()) {
            case "java.util.Optional" -> new GroupShape.Maybe(shape(inner[0]));
            case "java.util.List" -> new GroupShape.Items(shape(inner[0]));
            case "java.util.SortedMap" -> {
                if (inner[0] != String.class) {
                    throw new IllegalArgumentException("only strings are names in JSON: " + type);
                }
                yield new GroupShape.Table(shape(inner[1]));
            }
            default -> throw new IllegalArgumentException(type + " has no shape in JSON");
        };
    }

    private static String name(AnnotatedElement element, String derived) {
        Name name = element.getAnnotation(Name.class);
        return Optional.ofNullable(name).map(Name::value).orElse(derived);
    }

    private static Object call(Method accessor, Object record) {
        try {
            return accessor.invoke(record);
        } catch (ReflectiveOperationException bug) {
            throw new IllegalStateException("cannot read " + accessor, bug);
        }
    }

    private static Object construct(Constructor<?> constructor, Object... values)
        throws JsonException {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof IllegalArgumentException reason) {
                String record = constructor.getDeclaringClass().getSimpleName();
                throw JsonException.refused(reason, record);
            }
            throw new IllegalStateException("cannot make " + constructor, thrown.getCause());
        } catch (ReflectiveOperationException bug) {
            throw new IllegalStateException("cannot make " + constructor, bug);
        }
    }

    private static Constructor<?> canonical(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = components[i].getType();
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (ReflectiveOperationException bug) {
            throw new IllegalStateException(type + " is no record", bug);
        }
    }

    private static Method accessor(RecordComponent component) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        return accessor;
    }

    /// A `@Scalar` record.
    private record Wrapped(Constructor<?> constructor, Method accessor, Shape inner)
        implements Shape {
        private static Wrapped of(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            if (components.length != 1) {
                throw new IllegalArgumentException(type + " is @Scalar and has not one component");
            }
            Shape inner = shape(components[0].getGenericType());
            return new Wrapped(canonical(type), RecordCodec.accessor(components[0]), inner);
        }

        @Override public boolean isEmpty(Object value) {
            return inner.isEmpty(call(accessor, value));
        }

        @Override public void write(Object value, JsonWriter writer, Audience audience) {
            inner.write(call(accessor, value), writer, audience);
        }

        @Override public Object read(Json json) throws JsonException {
            return construct(constructor, inner.read(json));
        }

        @Override public Object absent() throws JsonException {
            return construct(constructor, inner.absent());
        }

        @Override public String type() {
            return inner.type();
        }

        @Override public boolean isAbsent(Json json) {
            return inner.isAbsent(json);
        }
    }

    /// One component of a record.
    private record Field(String name, Shape shape, Method accessor, boolean always,
        boolean hidden) {
        private static Field of(RecordComponent component) {
            String derived = component.getName();
            derived = derived.substring(0, 1).toUpperCase(Locale.ROOT) + derived.substring(1);
            return new Field(RecordCodec.name(component, derived),
                RecordCodec.shape(component.getGenericType()), RecordCodec.accessor(component),
                component.isAnnotationPresent(Always.class),
                component.isAnnotationPresent(Hidden.class));
        }

        private void write(Object record, JsonWriter writer, Audience audience) {
            if (hidden && audience == Audience.API) {
                return;
            }
            Object value = call(accessor, record);
            if (always || !shape.isEmpty(value)) {
                writer.name(name);
                shape.write(value, writer, audience);
            }
        }

        private Object read(Json json) throws JsonException {
            try {
                return shape.readOrAbsent(json);
            } catch (JsonException wrong) {
                throw wrong.inside(name);
            }
        }
    }

    /// A record that is an object; `indexes` finds a field by its name in any case.
    private record Fields(Constructor<?> constructor, List<Field> fields,
        SortedMap<String, Integer> indexes, String type) implements Shape {
        private static Fields of(Class<?> type) {
            ArrayList<Field> fields = new ArrayList<>();
            TreeMap<String, Integer> indexes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (RecordComponent component : type.getRecordComponents()) {
                Field field = Field.of(component);
                indexes.put(field.name, fields.size());
                fields.add(field);
            }
            if (indexes.size() < fields.size()) {
                throw new IllegalArgumentException(type + " has one JSON name twice");
            }
            return new Fields(canonical(type), List.copyOf(fields), indexes, type.getSimpleName());
        }

        @Override public boolean isEmpty(Object value) {
            return false;
        }

        @Override public void write(Object value, JsonWriter writer, Audience audience) {
            writer.beginObject();
            for (Field field : fields) {
                field.write(value, writer, audience);
            }
            writer.endObject();
        }

        @Override public Object read(Json json) throws JsonException {
            if (!(json instanceof Json.Obj object)) {
                throw JsonException.type(json.kind(), type);
            }
            Json[] given = new Json[fields.size()];
            Arrays.fill(given, Json.NULL);
            for (Map.Entry<String, Json> member : object.members().entrySet()) {
                int index = indexes.getOrDefault(member.getKey(), -1);
                if (index >= 0) {
                    given[index] = member.getValue();
                } else if (!member.getValue().isEmpty()) {
                    throw JsonException.unknown(member.getKey(), type);
                }
            }
            return made(given);
        }

        @Override public Object absent() throws JsonException {
            return read(Json.obj());
        }

        private Object made(Json[] given) throws JsonException {
            Object[] values = new Object[given.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = fields.get(i).read(given[i]);
            }
            return construct(constructor, values);
        }
    }

    /// An enum. Go's clients send `""` for a constant they do not set.
    private record Constants(List<String> names, List<Object> constants, String type)
        implements Shape {
        private static Constants of(Class<?> type) {
            ArrayList<String> names = new ArrayList<>();
            for (Object constant : type.getEnumConstants()) {
                String declared = ((Enum<?>) constant).name();
                String derived = declared.toLowerCase(Locale.ROOT);
                names.add(RecordCodec.name(field(type, declared), derived));
            }
            return new Constants(List.copyOf(names), List.of(type.getEnumConstants()),
                type.getSimpleName());
        }

        private static AnnotatedElement field(Class<?> type, String name) {
            try {
                return type.getField(name);
            } catch (ReflectiveOperationException bug) {
                throw new IllegalStateException(type + " has no constant " + name, bug);
            }
        }

        private String name(Object constant) {
            return names.get(((Enum<?>) constant).ordinal());
        }

        @Override public boolean isEmpty(Object value) {
            return name(value).isEmpty();
        }

        @Override public void write(Object value, JsonWriter writer, Audience audience) {
            writer.string(name(value));
        }

        @Override public Object read(Json json) throws JsonException {
            return named(Leaf.string(json, type));
        }

        @Override public Object absent() throws JsonException {
            return named("");
        }

        private Object named(String name) throws JsonException {
            int index = names.indexOf(name);
            if (index < 0) {
                throw JsonException.constant(name, type);
            }
            return constants.get(index);
        }

        @Override public boolean isAbsent(Json json) {
            return json.isEmpty() && (json instanceof Json.Null || json instanceof Json.Str);
        }
    }

    /// A sealed family. Go's clients send `{}` where they choose no variant.
    private record Family(SortedMap<String, Class<?>> variants, String type) implements Shape {
        private static Family of(Class<?> type) {
            TreeMap<String, Class<?>> variants = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            collect(type, variants);
            return new Family(variants, type.getSimpleName());
        }

        private static void collect(Class<?> family, SortedMap<String, Class<?>> variants) {
            for (Class<?> variant : family.getPermittedSubclasses()) {
                if (variant.isRecord()) {
                    variants.put(named(variant), variant);
                } else {
                    collect(variant, variants);
                }
            }
        }

        private static String named(Class<?> variant) {
            return RecordCodec.name(variant, variant.getSimpleName());
        }

        @Override public boolean isEmpty(Object value) {
            return false;
        }

        @Override public void write(Object value, JsonWriter writer, Audience audience) {
            writer.beginObject();
            writer.name(named(value.getClass()));
            SHAPES.get(value.getClass()).write(value, writer, audience);
            writer.endObject();
        }

        @Override public Object read(Json json) throws JsonException {
            if (!(json instanceof Json.Obj object)) {
                throw JsonException.type(json.kind(), type);
            }
            ArrayList<Object> found = new ArrayList<>();
            for (Map.Entry<String, Json> member : object.members().entrySet()) {
                Optional<Class<?>> variant = Optional.ofNullable(variants.get(member.getKey()));
                if (variant.isPresent() && !(member.getValue() instanceof Json.Null)) {
                    found.add(variant(member.getKey(), variant.get(), member.getValue()));
                } else if (!member.getValue().isEmpty()) {
                    throw JsonException.unknown(member.getKey(), type);
                }
            }
            if (found.size() != 1) {
                throw JsonException.choice(found.size(), type);
            }
            return found.getFirst();
        }

        private static Object variant(String name, Class<?> variant, Json json)
            throws JsonException {
            try {
                return SHAPES.get(variant).read(json);
            } catch (JsonException wrong) {
                throw wrong.inside(name);
            }
        }

        @Override public Object absent() throws JsonException {
            throw JsonException.choice(0, type);
        }

        @Override public boolean isAbsent(Json json) {
            return json instanceof Json.Null || json instanceof Json.Obj && json.isEmpty();
        }
    }
}
