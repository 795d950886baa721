package dev.vivace.house;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import dev.vivace.house.SourceRules.Kind;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/// The rules that need the syntax tree of one file; [SourceRules] has the rest.
final class TreeRules extends TreePathScanner<Void, Void> {
    private static final Pattern FORBIDDEN_NAME = Pattern.compile(".*(Impl|Managers?|Helpers?|Utils?)");
    private static final Pattern GETTER = Pattern.compile("get[A-Z].*");
    private static final Set<String> SETTINGS =
            Set.of("System.getenv", "System.getProperty", "Boolean.getBoolean", "Integer.getInteger", "Long.getLong");
    private static final int TABLE_LINES = 100;
    private static final Pattern MACHINE_PROPERTY = Pattern.compile("(os|java|sun|user|file|line|path)\\..*");

    private final String file;
    private final Kind kind;
    private final CompilationUnitTree unit;
    private final DocTrees trees;
    private final List<String> breaches;

    TreeRules(String file, Kind kind, CompilationUnitTree unit, DocTrees trees, List<String> breaches) {
        this.file = file;
        this.kind = kind;
        this.unit = unit;
        this.trees = trees;
        this.breaches = breaches;
    }

    @Override
    public Void visitPackage(PackageTree tree, Void unused) {
        if (file.endsWith("package-info.java") && kind != Kind.TEST && comment(getCurrentPath()) == null) {
            breach(tree, "the package is not documented");
        }
        return super.visitPackage(tree, unused);
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
        String name = type.getSimpleName().toString();
        if (FORBIDDEN_NAME.matcher(name).matches()) {
            breach(type, "the name " + name + " says nothing (Impl, Manager, Helper, Utils)");
        }
        if (isApi(getCurrentPath())) {
            requireComment(type, name);
            if (type.getKind() == Tree.Kind.RECORD) {
                requireComponents(type);
            }
        }
        return super.visitClass(type, unused);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
        String name = method.getName().toString();
        long lines = line(end(method)) - line(start(method)) + 1;
        if (lines > SourceRules.MAX_METHOD_LINES) {
            breach(method, name + " has " + lines + " lines, at most " + SourceRules.MAX_METHOD_LINES);
        }
        if (kind != Kind.TEST && !isOverride(method.getModifiers())) {
            if (method.getParameters().isEmpty() && GETTER.matcher(name).matches()) {
                breach(method, "the accessor " + name + " starts with get");
            }
            if (isApi(getCurrentPath()) && trees.getSourcePositions().getEndPosition(unit, method) >= 0) {
                requireComment(method, name);
            }
        }
        return super.visitMethod(method, unused);
    }

    @Override
    public Void visitVariable(VariableTree variable, Void unused) {
        TreePath parent = getCurrentPath().getParentPath();
        if (kind != Kind.TEST && parent.getLeaf() instanceof ClassTree type) {
            Set<Modifier> flags = variable.getModifiers().getFlags();
            boolean constant = isInterface(type) || flags.contains(Modifier.FINAL);
            if (flags.contains(Modifier.STATIC) && !constant) {
                breach(variable, "the static field " + variable.getName() + " is not final");
            }
            if (!isComponent(type, variable) && !isLineOfTable(type, variable) && isApi(getCurrentPath())) {
                requireComment(variable, variable.getName().toString());
            }
        }
        return super.visitVariable(variable, unused);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
        if (kind == Kind.ENGINE && SETTINGS.contains(call.getMethodSelect().toString())) {
            List<? extends ExpressionTree> arguments = call.getArguments();
            boolean aboutMachine = !arguments.isEmpty()
                    && arguments.getFirst() instanceof LiteralTree literal
                    && MACHINE_PROPERTY.matcher(literal.getValue().toString()).matches();
            if (!aboutMachine) {
                breach(call, call + " reads a setting below main");
            }
        }
        return super.visitMethodInvocation(call, unused);
    }

    /// Whether the type or member at `path` can be used from other packages: it and all around it are public or
    /// protected.
    private boolean isApi(TreePath path) {
        if (kind == Kind.TEST) {
            return false;
        }
        for (TreePath at = path; at.getLeaf().getKind() != Tree.Kind.COMPILATION_UNIT; at = at.getParentPath()) {
            ModifiersTree modifiers = switch (at.getLeaf()) {
                case ClassTree type -> type.getModifiers();
                case MethodTree method -> method.getModifiers();
                case VariableTree variable -> variable.getModifiers();
                default -> null;
            };
            if (modifiers == null) {
                return false;
            }
            Set<Modifier> flags = modifiers.getFlags();
            boolean open = flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED);
            boolean memberOfInterface = at.getParentPath().getLeaf() instanceof ClassTree around
                    && isInterface(around)
                    && !flags.contains(Modifier.PRIVATE);
            if (!open && !memberOfInterface) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInterface(ClassTree type) {
        return type.getKind() == Tree.Kind.INTERFACE || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
    }

    /// Record components appear as private final fields without a body of their own.
    private static boolean isComponent(ClassTree type, VariableTree variable) {
        return type.getKind() == Tree.Kind.RECORD
                && !variable.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    /// An enum of this many constants is a table: it is documented as a whole.
    private static boolean isLineOfTable(ClassTree type, VariableTree variable) {
        return isConstant(type, variable)
                && type.getMembers().stream()
                                .filter(member -> member instanceof VariableTree other && isConstant(type, other))
                                .count()
                        >= TABLE_LINES;
    }

    private static boolean isConstant(ClassTree type, VariableTree variable) {
        return type.getKind() == Tree.Kind.ENUM
                && variable.getModifiers().getFlags().contains(Modifier.STATIC)
                && variable.getType().toString().contentEquals(type.getSimpleName());
    }

    private void requireComponents(ClassTree type) {
        DocCommentTree comment = comment(getCurrentPath());
        List<String> documented = comment == null
                ? List.of()
                : comment.getBlockTags().stream()
                        .filter(tag -> tag instanceof ParamTree param && !param.isTypeParameter())
                        .map(tag -> ((ParamTree) tag).getName().getName().toString())
                        .toList();
        for (Tree member : type.getMembers()) {
            if (member instanceof VariableTree variable
                    && isComponent(type, variable)
                    && !documented.contains(variable.getName().toString())) {
                breach(variable, "no @param for the record component " + variable.getName());
            }
        }
    }

    private void requireComment(Tree tree, String name) {
        DocCommentTree comment = comment(getCurrentPath());
        if (comment == null
                || comment.getFullBody().isEmpty() && comment.getBlockTags().isEmpty()) {
            breach(tree, name + " is not documented");
        }
    }

    private DocCommentTree comment(TreePath path) {
        return trees.getDocCommentTree(path);
    }

    private static boolean isOverride(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream()
                .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
    }

    private void breach(Tree tree, String what) {
        breaches.add(file + ":" + line(start(tree)) + ": " + what);
    }

    private long start(Tree tree) {
        return trees.getSourcePositions().getStartPosition(unit, tree);
    }

    private long end(Tree tree) {
        return trees.getSourcePositions().getEndPosition(unit, tree);
    }

    private long line(long position) {
        return position < 0 ? 0 : unit.getLineMap().getLineNumber(position);
    }
}
