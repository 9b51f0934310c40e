package tidy;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What one class file says that its class uses.
///
/// The idea: whatever a class calls, and be it by a method reference or a lambda, stands in its
/// constant pool; whatever it declares stands in its descriptors. Nothing is executed.
record ClassFacts(String name, boolean ofEnum, boolean preview, Set<String> types, Set<Use> uses,
        Set<String> locks) {
    private static final int PREVIEW_MINOR = 65535;

    static ClassFacts of(byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        ClassFacts facts = new ClassFacts(named(model.thisClass().asSymbol()),
                model.superclass().map(s -> s.asInternalName().equals("java/lang/Enum"))
                        .orElse(false),
                model.minorVersion() == PREVIEW_MINOR,
                new TreeSet<>(), new LinkedHashSet<>(), new TreeSet<>());
        for (PoolEntry entry : model.constantPool()) {
            facts.take(entry);
        }
        facts.takeDeclarations(model);
        return facts;
    }

    private void take(PoolEntry entry) {
        switch (entry) {
            case ClassEntry type -> take(type.asSymbol());
            case FieldRefEntry field -> uses.add(new Use(named(field.owner().asSymbol()),
                    field.name().stringValue(), ""));
            case MemberRefEntry method -> uses.add(new Use(named(method.owner().asSymbol()),
                    method.name().stringValue(), parameters(method.nameAndType())));
            case MethodTypeEntry type -> take(type.asSymbol());
            default -> {
            }
        }
    }

    private void takeDeclarations(ClassModel model) {
        model.fields().forEach(field -> {
            take(field.fieldTypeSymbol());
            if (field.flags().has(AccessFlag.VOLATILE)) {
                locks.add("volatile " + field.fieldName());
            }
        });
        model.methods().forEach(method -> {
            take(method.methodTypeSymbol());
            if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
                locks.add("synchronized " + method.methodName());
            }
            method.code().ifPresent(code -> {
                if (code.elementList().stream().anyMatch(MonitorInstruction.class::isInstance)) {
                    locks.add("synchronized block in " + method.methodName());
                }
            });
        });
    }

    private void take(MethodTypeDesc method) {
        take(method.returnType());
        method.parameterList().forEach(this::take);
    }

    private void take(ClassDesc type) {
        ClassDesc element = type;
        while (element.isArray()) {
            element = element.componentType();
        }
        if (!element.isPrimitive()) {
            types.add(named(element));
        }
    }

    private static String parameters(NameAndTypeEntry entry) {
        return MethodTypeDesc.ofDescriptor(entry.type().stringValue()).parameterList().stream()
                .map(ClassDesc::displayName)
                .map(name -> name.substring(name.lastIndexOf('$') + 1))
                .collect(Collectors.joining(",", "(", ")"));
    }

    /// `java.util.Map.Entry` for a JDK class; our own keep the `$` of nested classes.
    private static String named(ClassDesc type) {
        if (type.isArray()) {
            return "java.lang.Object";
        }
        String name = type.descriptorString();
        name = name.substring(1, name.length() - 1).replace('/', '.');
        return name.startsWith("java") ? name.replace('$', '.') : name;
    }
}
