package tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.InstanceOfTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/// The rules that one file's syntax and types show: how long a function is, what a switch forgets,
/// where a null goes.
final class TreeRules extends TreePathScanner<Void, Void> {
    private static final int FUNCTION_LINES_MAX = 60;
    private static final int PARAMETERS_MAX = 5;
    private static final int LADDER_MIN = 2;
    private static final Set<String> CATCH_ALL =
            Set.of("Exception", "RuntimeException", "Throwable", "Error");
    private static final Set<Tree.Kind> COMPARISONS =
            Set.of(Tree.Kind.EQUAL_TO, Tree.Kind.NOT_EQUAL_TO);
    private static final Pattern EMPTY_NAME = Pattern.compile(
            "(Utils?|Helpers?|Common|Impl|Base|Abstract|Factory|Builder|Default)(?![a-z0-9])");
    private static final Pattern MUTABLE =
            Pattern.compile("(?!.*\\b(final|return|static)\\b)[\\w<>,.?\\[\\] ]+ \\w+( = .*)?;");
    private static final Pattern GET = Pattern.compile("get([A-Z].*)?");

    /// Where a file stands: in src or in test, core or edge.
    record Standing(String place, boolean source, boolean edge, List<String> lines) {
    }

    private final Trees trees;
    private final CompilationUnitTree unit;
    private final Standing standing;
    private final List<Finding> findings = new ArrayList<>();

    TreeRules(Trees trees, CompilationUnitTree unit, Standing standing) {
        this.trees = trees;
        this.unit = unit;
        this.standing = standing;
    }

    List<Finding> check() {
        scan(unit, null);
        if (!unit.getTypeDecls().isEmpty()) {
            Tree first = unit.getTypeDecls().getFirst();
            String doc = trees.getDocComment(TreePath.getPath(unit, first));
            if (doc == null || !trimmedLine(line(first) - 1).startsWith("///")) {
                add(first, 18, "the file's first type has no /// that says what it is");
            }
        }
        return findings;
    }

    @Override
    public Void visitImport(ImportTree tree, Void none) {
        if (tree.getQualifiedIdentifier().toString().endsWith(".*")) {
            add(tree, 15, "imports by *");
        }
        return super.visitImport(tree, none);
    }

    @Override
    public Void visitClass(ClassTree tree, Void none) {
        if (EMPTY_NAME.matcher(tree.getSimpleName()).find()) {
            add(tree, 3, "the name " + tree.getSimpleName() + " says nothing");
        }
        return super.visitClass(tree, none);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void none) {
        Element element = trees.getElement(getCurrentPath());
        if (tree.getBody() != null && start(tree) >= 0) {
            long lines = lineOf(end(tree)) - lineOf(start(tree)) + 1;
            if (lines > FUNCTION_LINES_MAX) {
                add(tree, 1, tree.getName() + " has " + lines + " lines, at most "
                        + FUNCTION_LINES_MAX);
            }
        }
        boolean ofRecord = element != null && element.getKind() == ElementKind.CONSTRUCTOR
                && element.getEnclosingElement().getKind() == ElementKind.RECORD;
        boolean overrides = tree.getModifiers().getAnnotations().stream()
                .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
        if (tree.getParameters().size() > PARAMETERS_MAX && !ofRecord && !overrides) {
            add(tree, 1, tree.getName() + " has " + tree.getParameters().size()
                    + " parameters, at most " + PARAMETERS_MAX);
        }
        if (standing.source && !overrides && GET.matcher(tree.getName()).matches()
                && !tree.getName().contentEquals("get")) {
            add(tree, 17, tree.getName() + " begins with get");
        }
        return super.visitMethod(tree, none);
    }

    @Override
    public Void visitVariable(VariableTree tree, Void none) {
        Element element = trees.getElement(getCurrentPath());
        if (standing.source && element != null && element.getKind() == ElementKind.FIELD
                && !element.getModifiers().contains(Modifier.FINAL)
                && !commented(tree)) {
            add(tree, 19, "the mutable field " + tree.getName() + " has no comment");
        }
        return super.visitVariable(tree, none);
    }

    @Override
    public Void visitAnnotation(AnnotationTree tree, Void none) {
        Element type = trees.getElement(new TreePath(getCurrentPath(), tree.getAnnotationType()));
        String name = type == null ? tree.getAnnotationType().toString() : type.toString();
        boolean declares = getCurrentPath().getParentPath().getParentPath().getLeaf().getKind()
                == Tree.Kind.ANNOTATION_TYPE;
        if (!name.equals("java.lang.Override") && !name.startsWith("swarm.json.")
                && !(declares && name.startsWith("java.lang.annotation."))
                && (standing.source || !name.startsWith("org.junit."))) {
            add(tree, 15, "the annotation @" + name);
        }
        return super.visitAnnotation(tree, none);
    }

    @Override
    public Void visitCatch(CatchTree tree, Void none) {
        if (tree.getBlock().getStatements().isEmpty()) {
            add(tree, 25, "an empty catch");
        }
        boolean all = CATCH_ALL.contains(tree.getParameter().getType().toString());
        if (all && standing.source && !standing.edge) {
            add(tree, 25, "the core catches " + tree.getParameter().getType());
        }
        return super.visitCatch(tree, none);
    }

    @Override
    public Void visitLiteral(LiteralTree tree, Void none) {
        Tree parent = getCurrentPath().getParentPath().getLeaf();
        boolean compared = parent instanceof BinaryTree && COMPARISONS.contains(parent.getKind());
        if (tree.getKind() == Tree.Kind.NULL_LITERAL && standing.source && !standing.edge
                && !compared) {
            add(tree, 14, "a null in the core");
        }
        return super.visitLiteral(tree, none);
    }

    @Override
    public Void visitSwitch(SwitchTree tree, Void none) {
        checkSwitch(tree, tree.getExpression(), tree.getCases());
        return super.visitSwitch(tree, none);
    }

    @Override
    public Void visitSwitchExpression(SwitchExpressionTree tree, Void none) {
        checkSwitch(tree, tree.getExpression(), tree.getCases());
        return super.visitSwitchExpression(tree, none);
    }

    private void checkSwitch(Tree tree, ExpressionTree on, List<? extends CaseTree> cases) {
        boolean defaults = cases.stream().flatMap(c -> c.getLabels().stream())
                .anyMatch(label -> label instanceof DefaultCaseLabelTree);
        if (defaults && sealed(on)) {
            add(tree, 11, "a switch over the sealed type of " + on + " has a default");
        }
    }

    /// Every block is searched for the rungs of a ladder: ifs that ask one value for its type.
    @Override
    public Void visitBlock(BlockTree tree, Void none) {
        Map<String, Integer> rungs = new HashMap<>();
        for (StatementTree statement : tree.getStatements()) {
            Tree step = statement;
            while (step instanceof IfTree choice) {
                countInstanceOf(choice.getCondition(), rungs);
                step = choice.getElseStatement();
            }
        }
        rungs.forEach((asked, times) -> {
            if (standing.source && times >= LADDER_MIN) {
                add(tree, 11, "a ladder of instanceof on " + asked);
            }
        });
        return super.visitBlock(tree, none);
    }

    private static void countInstanceOf(Tree condition, Map<String, Integer> rungs) {
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitInstanceOf(InstanceOfTree tree, Void none) {
                if (tree.getExpression() instanceof IdentifierTree) {
                    rungs.merge(tree.getExpression().toString(), 1, Integer::sum);
                }
                return super.visitInstanceOf(tree, none);
            }
        }.scan(condition, null);
    }

    /// Whether a field has a comment above or beside it, or one that a group of such fields shares.
    private boolean commented(VariableTree field) {
        int line = line(field);
        while (MUTABLE.matcher(trimmedLine(line - 1)).matches()) {
            line--;
        }
        return trimmedLine(line(field)).contains("//") || trimmedLine(line - 1).startsWith("//");
    }

    private boolean sealed(ExpressionTree expression) {
        TypeMirror type = trees.getTypeMirror(TreePath.getPath(unit, expression));
        return type != null && type.getKind() == TypeKind.DECLARED
                && type.toString().startsWith("swarm.")
                && ((DeclaredType) type).asElement().getModifiers().contains(Modifier.SEALED);
    }

    private void add(Tree tree, int rule, String text) {
        findings.add(new Finding(standing.place, line(tree), rule, text));
    }

    private int line(Tree tree) {
        return (int) lineOf(start(tree));
    }

    private long lineOf(long position) {
        return position < 0 ? 0 : unit.getLineMap().getLineNumber(position);
    }

    private long start(Tree tree) {
        return trees.getSourcePositions().getStartPosition(unit, tree);
    }

    private long end(Tree tree) {
        return trees.getSourcePositions().getEndPosition(unit, tree);
    }

    private String trimmedLine(int number) {
        return number < 1 || number > standing.lines.size()
                ? "" : standing.lines.get(number - 1).trim();
    }
}
