package swarm.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/// An immutable sorted map: an AVL tree whose changes copy the path from the root and share the
/// rest, so that a view of 100,000 tasks costs some twenty small objects per change and a reader's
/// copy costs nothing. Empty subtrees are one shared leaf, not null.
/// Invariant: the heights of two siblings differ by at most one. (Knuth, TAOCP 3, §6.2.3)
public final class Table<K extends Comparable<K>, V> implements Iterable<V> {
    private final Tree<K, V> root;

    private Table(Tree<K, V> root) {
        this.root = root;
    }

    /// A table without entries.
    public static <K extends Comparable<K>, V> Table<K, V> empty() {
        return new Table<>(new Leaf<K, V>());
    }

    /// How many entries there are.
    public int size() {
        return root.size();
    }

    /// The value at a key.
    public Optional<V> find(K key) {
        return root.find(key);
    }

    /// A table in which the key has this value.
    public Table<K, V> with(K key, V value) {
        return new Table<>(root.with(key, value));
    }

    /// A table without the key; this one when it has none.
    public Table<K, V> without(K key) {
        return root.find(key).isPresent() ? new Table<>(root.without(key)) : this;
    }

    /// The values in the order of their keys.
    @Override public Iterator<V> iterator() {
        return new Walk<>(root);
    }

    /// The values as a list.
    public List<V> values() {
        List<V> all = new ArrayList<>(size());
        for (V value : this) {
            all.add(value);
        }
        return all;
    }

    /// The values whose keys are at least `from` and below `to`, in order.
    public List<V> between(K from, K to) {
        List<V> found = new ArrayList<>();
        root.collect(from, to, found);
        return found;
    }

    private sealed interface Tree<K extends Comparable<K>, V> {
        int height();

        int size();

        Optional<V> find(K key);

        Tree<K, V> with(K key, V value);

        Tree<K, V> without(K key);

        void collect(K from, K to, List<V> into);
    }

    private record Leaf<K extends Comparable<K>, V>() implements Tree<K, V> {
        @Override public int height() {
            return 0;
        }

        @Override public int size() {
            return 0;
        }

        @Override public Optional<V> find(K key) {
            return Optional.empty();
        }

        @Override public Tree<K, V> with(K key, V value) {
            return new Branch<>(this, key, value, this);
        }

        @Override public Tree<K, V> without(K key) {
            return this;
        }

        @Override public void collect(K from, K to, List<V> into) { }
    }

    private record Branch<K extends Comparable<K>, V>(Tree<K, V> left, K key, V value,
            Tree<K, V> right, int height, int size) implements Tree<K, V> {

        Branch(Tree<K, V> left, K key, V value, Tree<K, V> right) {
            this(left, key, value, right, 1 + Math.max(left.height(), right.height()),
                    1 + left.size() + right.size());
        }

        @Override public Optional<V> find(K wanted) {
            int order = wanted.compareTo(key);
            if (order == 0) {
                return Optional.of(value);
            }
            return (order < 0 ? left : right).find(wanted);
        }

        @Override public Tree<K, V> with(K added, V its) {
            int order = added.compareTo(key);
            if (order == 0) {
                return new Branch<>(left, added, its, right, height, size);
            }
            return order < 0 ? balanced(left.with(added, its), key, value, right)
                    : balanced(left, key, value, right.with(added, its));
        }

        @Override public Tree<K, V> without(K gone) {
            int order = gone.compareTo(key);
            if (order < 0) {
                return balanced(left.without(gone), key, value, right);
            }
            if (order > 0) {
                return balanced(left, key, value, right.without(gone));
            }
            if (!(right instanceof Branch<K, V> heir)) {
                return left;
            }
            Branch<K, V> next = heir.first();
            return balanced(left, next.key, next.value, right.without(next.key));
        }

        @Override public void collect(K from, K to, List<V> into) {
            boolean notBefore = key.compareTo(from) >= 0;
            boolean inside = notBefore && key.compareTo(to) < 0;
            if (notBefore) {
                left.collect(from, to, into);
            }
            if (inside) {
                into.add(value);
            }
            if (key.compareTo(to) < 0) {
                right.collect(from, to, into);
            }
        }

        private Branch<K, V> first() {
            return left instanceof Branch<K, V> less ? less.first() : this;
        }

        private static <K extends Comparable<K>, V> Tree<K, V> balanced(Tree<K, V> left, K key,
                V value, Tree<K, V> right) {
            int lean = left.height() - right.height();
            if (lean > 1 && left instanceof Branch<K, V> l) {
                return liftLeft(l, key, value, right);
            }
            if (lean < -1 && right instanceof Branch<K, V> r) {
                return liftRight(left, key, value, r);
            }
            return new Branch<>(left, key, value, right);
        }

        private static <K extends Comparable<K>, V> Tree<K, V> liftLeft(Branch<K, V> l, K key,
                V value, Tree<K, V> right) {
            if (l.right.height() > l.left.height() && l.right instanceof Branch<K, V> mid) {
                return new Branch<>(new Branch<>(l.left, l.key, l.value, mid.left), mid.key,
                        mid.value, new Branch<>(mid.right, key, value, right));
            }
            return new Branch<>(l.left, l.key, l.value, new Branch<>(l.right, key, value, right));
        }

        private static <K extends Comparable<K>, V> Tree<K, V> liftRight(Tree<K, V> left, K key,
                V value, Branch<K, V> r) {
            if (r.left.height() > r.right.height() && r.left instanceof Branch<K, V> mid) {
                return new Branch<>(new Branch<>(left, key, value, mid.left), mid.key, mid.value,
                        new Branch<>(mid.right, r.key, r.value, r.right));
            }
            return new Branch<>(new Branch<>(left, key, value, r.left), r.key, r.value, r.right);
        }
    }

    /// Goes through the values from the least key on; `open` holds the branches whose own value
    /// and right side are still to come.
    private static final class Walk<K extends Comparable<K>, V> implements Iterator<V> {
        private final Deque<Branch<K, V>> open = new ArrayDeque<>();

        Walk(Tree<K, V> root) {
            descend(root);
        }

        @Override public boolean hasNext() {
            return !open.isEmpty();
        }

        @Override public V next() {
            if (open.isEmpty()) {
                throw new NoSuchElementException();
            }
            Branch<K, V> branch = open.pop();
            descend(branch.right);
            return branch.value;
        }

        private void descend(Tree<K, V> tree) {
            Tree<K, V> at = tree;
            while (at instanceof Branch<K, V> branch) {
                open.push(branch);
                at = branch.left;
            }
        }
    }
}
