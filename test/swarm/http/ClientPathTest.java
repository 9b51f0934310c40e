package swarm.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The classes that a command line loads for one call link nothing at run time: each lambda, text
/// template or switch over patterns would load some hundred classes more and be felt at every
/// command. What records have by themselves (toString and the like) is never called.
final class ClientPathTest {
    private static final List<String> RECORDS_OWN = List.of("toString", "hashCode", "equals");

    @Test
    void clientsClassesLinkNothingAtRunTime() throws IOException {
        List<String> linked = new ArrayList<>();
        for (Class<?> type : List.of(Duplex.class, Endpoint.class, Headers.class, HttpBody.class,
                HttpCall.class, HttpClient.class, HttpException.class, HttpReader.class,
                HttpWriter.class, Request.class, Response.class, Timeouts.class)) {
            for (MethodModel method : read(type).methods()) {
                if (invokesDynamically(method)) {
                    linked.add(type.getSimpleName() + "." + method.methodName().stringValue());
                }
            }
        }
        assertEquals(List.of(), linked);
    }

    private static ClassModel read(Class<?> type) throws IOException {
        String file = "/" + type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getResourceAsStream(file)) {
            return ClassFile.of().parse(in.readAllBytes());
        }
    }

    private static boolean invokesDynamically(MethodModel method) {
        return !RECORDS_OWN.contains(method.methodName().stringValue())
                && method.code().isPresent() && method.code().get().elementStream()
                .anyMatch(element -> element instanceof Instruction i
                        && i.opcode() == Opcode.INVOKEDYNAMIC);
    }
}
