package swarm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import sim.Objects;

/// Templates as swarmkit's TestTemplateContext has them, errors as dockerd 20.10 words them.
class TemplateTest {
    private static final Template.Context CONTEXT = context();

    @Test
    void fieldsOfServiceNodeAndTaskAreExpanded() {
        assertEquals("web sid", expand("{{.Service.Name}} {{ .Service.ID }}"));
        assertEquals("nid-host-linux/x86_64", expand("{{.Node.ID}}-{{.Node.Hostname}}-"
                + "{{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}"));
        assertEquals("tid web.3.tid 3", expand("{{.Task.ID}} {{.Task.Name}} {{.Task.Slot}}"));
    }

    @Test
    void labelsAreExpandedByNameAndByIndex() {
        assertEquals("1", expand("{{.Service.Labels.a}}"));
        assertEquals("2", expand("{{index .Service.Labels \"b.c\"}}"));
        assertEquals("", expand("{{index .Service.Labels \"none\"}}"));
        assertEquals("map[a:1 b.c:2]", expand("{{.Service.Labels}}"));
    }

    @Test
    void textWithoutTemplatesStays() {
        assertEquals("a }} b { c", expand("a }} b { c"));
        assertEquals("", expand(""));
    }

    @Test
    void unknownFieldIsRefusedInGosWords() {
        assertEquals("template: expansion:1:10: executing \"expansion\" at <.Nothing.here>: "
                + "can't evaluate field Nothing in type *template.Context",
                wrong("{{.Nothing.here}}"));
        assertEquals("template: expansion:1:2: executing \"expansion\" at <.Nothing>: "
                + "can't evaluate field Nothing in type *template.Context", wrong("{{.Nothing}}"));
        assertEquals("template: expansion:1:13: executing \"expansion\" at <.Service.Labels.x>: "
                + "map has no entry for key \"x\"",
                wrong("abc{{.Service.Labels.x}}"));
    }

    @Test
    void whatIsNoFieldIsRefused() {
        assertEquals("template: expansion:1: function \"env\" not defined",
                wrong("{{env \"A\"}}"));
        assertEquals("template: expansion:1: unclosed action", wrong("x{{.Task.ID"));
        assertEquals("template: expansion:2: missing value for command", wrong("\n{{ }}"));
    }

    @Test
    void environmentNamesAreNotExpandedButValuesAre() {
        ContainerSpec spec = Objects.container("busybox", "run").expanded("h-{{.Task.Slot}}",
                List.of("A{{.Task.Slot}}=x{{.Task.Slot}}", "B"), List.of());
        assertEquals(new Template.SpecExpansion.ExpandedSpec(spec.expanded("h-3",
                List.of("A{{.Task.Slot}}=x3", "B"), List.of())), Template.expand(spec, CONTEXT));
    }

    @Test
    void firstWrongPlaceOfSpecIsNamed() {
        ContainerSpec spec = Objects.container("busybox", "run").expanded("{{.Nothing.here}}",
                List.of(), List.of());
        assertEquals(new Template.SpecExpansion.WrongSpec("expanding hostname failed: template: "
                + "expansion:1:10: executing \"expansion\" at <.Nothing.here>: can't evaluate "
                + "field Nothing in type *template.Context"),
                Template.expand(spec, Template.Context.EMPTY));
    }

    private static String expand(String text) {
        return switch (Template.expand(text, CONTEXT)) {
            case Template.Expansion.Expanded expanded -> expanded.text();
            case Template.Expansion.Wrong wrong -> "WRONG " + wrong.message();
        };
    }

    private static String wrong(String text) {
        return switch (Template.expand(text, CONTEXT)) {
            case Template.Expansion.Expanded expanded -> "EXPANDED " + expanded.text();
            case Template.Expansion.Wrong wrong -> wrong.message();
        };
    }

    private static Template.Context context() {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("a", "1");
        labels.put("b.c", "2");
        return new Template.Context(new Template.Context.OfService("sid", "web", labels),
                new Template.Context.OfNode("nid", "host",
                        new Placement.Platform("x86_64", "linux")),
                new Template.Context.OfTask("tid", "web.3.tid", "3"));
    }
}
