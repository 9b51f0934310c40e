package tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/// The rules that only all files together show: what nobody uses, which interface has one
/// implementation. Tests count as users and as implementations (the simulated twins).
final class WholeRules extends TreePathScanner<Void, Void> {
    private final Trees trees;
    private final Map<Element, Finding> declared = new LinkedHashMap<>();
    private final Map<Element, Finding> interfaces = new LinkedHashMap<>();
    private final Map<Element, Integer> implementations = new HashMap<>();
    private final Set<Element> used = new HashSet<>();
    /// The file now read, as findings name it, and whether it is in src; set by `take`.
    private String place = "";
    private boolean source;
    private CompilationUnitTree unit;

    WholeRules(Trees trees) {
        this.trees = trees;
    }

    void take(CompilationUnitTree next, String itsPlace, boolean inSource) {
        unit = next;
        place = itsPlace;
        source = inSource;
        scan(unit, null);
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        declared.forEach((element, finding) -> {
            if (!used.contains(element)) {
                findings.add(finding);
            }
        });
        interfaces.forEach((element, finding) -> {
            if (implementations.getOrDefault(element, 0) < 2) {
                findings.add(finding);
            }
        });
        return findings;
    }

    @Override
    public Void visitClass(ClassTree tree, Void none) {
        Element element = trees.getElement(getCurrentPath());
        if (source && element != null && element.getKind() == ElementKind.INTERFACE) {
            interfaces.put(element, new Finding(place, line(tree), 3,
                    "the interface " + tree.getSimpleName() + " has one implementation"));
        }
        if (element instanceof TypeElement type) {
            type.getInterfaces().forEach(this::implemented);
        }
        return super.visitClass(tree, none);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void none) {
        Element element = trees.getElement(getCurrentPath());
        if (source && element != null && !exempt(tree, element)) {
            declared.put(element, new Finding(place, line(tree), 23,
                    "nothing uses " + tree.getName()));
        }
        return super.visitMethod(tree, none);
    }

    @Override
    public Void visitVariable(VariableTree tree, Void none) {
        Element element = trees.getElement(getCurrentPath());
        if (source && element != null && element.getKind() == ElementKind.FIELD
                && element.getEnclosingElement().getKind() != ElementKind.RECORD | isStatic(element)
                && !tree.getName().contentEquals("serialVersionUID")) {
            declared.put(element, new Finding(place, line(tree), 23,
                    "nothing uses " + tree.getName()));
        }
        return super.visitVariable(tree, none);
    }

    /// Overriding, entry points, what records and annotations declare for their readers, and
    /// constructors (a private one keeps others from making instances) need no user.
    private static boolean exempt(MethodTree tree, Element method) {
        Element owner = method.getEnclosingElement();
        return method.getKind() == ElementKind.CONSTRUCTOR
                || tree.getName().contentEquals("main")
                || owner.getKind() == ElementKind.ANNOTATION_TYPE
                || method.getAnnotation(Override.class) != null;
    }

    @Override
    public Void visitIdentifier(IdentifierTree tree, Void none) {
        use();
        return super.visitIdentifier(tree, none);
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree tree, Void none) {
        use();
        return super.visitMemberSelect(tree, none);
    }

    @Override
    public Void visitMemberReference(MemberReferenceTree tree, Void none) {
        use();
        implemented(trees.getTypeMirror(getCurrentPath()));
        return super.visitMemberReference(tree, none);
    }

    @Override
    public Void visitLambdaExpression(LambdaExpressionTree tree, Void none) {
        TypeMirror type = trees.getTypeMirror(getCurrentPath());
        implemented(type);
        return super.visitLambdaExpression(tree, none);
    }

    @Override
    public Void visitNewClass(NewClassTree tree, Void none) {
        use();
        return super.visitNewClass(tree, none);
    }

    private void use() {
        Element element = trees.getElement(getCurrentPath());
        if (element != null) {
            used.add(element);
        }
    }

    /// A lambda uses the method of its interface, too: whoever is given it calls it.
    private void implemented(TypeMirror type) {
        if (type != null && type.getKind() == TypeKind.DECLARED) {
            implementations.merge(((DeclaredType) type).asElement(), 1, Integer::sum);
        }
    }

    private static boolean isStatic(Element element) {
        return element.getModifiers().contains(Modifier.STATIC);
    }

    private int line(Tree tree) {
        long start = trees.getSourcePositions().getStartPosition(unit, tree);
        return start < 0 ? 0 : (int) unit.getLineMap().getLineNumber(start);
    }
}
