using CsCheck;
using Strata.Api.Errors;
using Strata.Api.Patches;
using Strata.Api.Schema;

namespace Strata.Api.Tests.Patches;

public sealed class StrategicMergePatchTests
{
    private static readonly SchemaType Pod = SchemaTable.Default.ForKind("v1", "Pod")!;
    private static readonly SchemaType Deployment = SchemaTable.Default.ForKind("apps/v1", "Deployment")!;

    [Fact]
    public void Setting_an_image_as_kubectl_does_changes_only_that_container() => Check(
        Deployment,
        """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"a:1","env":[{"name":"X","value":"1"}]},{"name":"side","image":"b:1"}]}}}}""",
        """{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"web"},{"name":"side"}],"containers":[{"image":"a:2","name":"web"}]}}}}""",
        """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"a:2","env":[{"name":"X","value":"1"}]},{"name":"side","image":"b:1"}]}}}}""");

    [Fact]
    public void Null_deletes_and_maps_merge() => Check(
        Pod,
        """{"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"nodeName":"n"}}""",
        """{"metadata":{"labels":{"a":null,"c":"3"}},"spec":{"nodeName":null}}""",
        """{"metadata":{"labels":{"b":"2","c":"3"}},"spec":{}}""");

    [Fact]
    public void Null_deletes_a_whole_list_or_map() => Check(
        Pod, """{"metadata":{"labels":{"a":"1"}},"spec":{"tolerations":[{}],"volumes":[{"name":"v"}]}}""", """{"metadata":{"labels":null},"spec":{"tolerations":null,"volumes":null}}""", """{"metadata":{},"spec":{}}""");

    [Fact]
    public void An_element_is_deleted_by_its_merge_key() => Check(
        Pod,
        """{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}}""",
        """{"spec":{"containers":[{"$patch":"delete","name":"b"},{"$patch":"delete","name":"gone"}]}}""",
        """{"spec":{"containers":[{"name":"a"},{"name":"c"}]}}""");

    [Fact]
    public void A_list_is_replaced_by_a_replace_element() => Check(
        Pod,
        """{"spec":{"containers":[{"name":"a","image":"x"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"name":"c"},{"$patch":"replace"},{"name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"c"},{"name":"a"}]}}""");

    [Fact]
    public void An_object_is_replaced_or_emptied_by_its_directive()
    {
        Check(Pod, """{"spec":{"securityContext":{"runAsUser":1,"fsGroup":2}}}""", """{"spec":{"securityContext":{"$patch":"replace","runAsUser":3}}}""", """{"spec":{"securityContext":{"runAsUser":3}}}""");
        Check(Pod, """{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"$patch":"delete"}}}""", """{"metadata":{"labels":{}}}""");
        Check(Pod, """{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"$patch":"merge","b":"2"}}}""", """{"metadata":{"labels":{"a":"1","b":"2"}}}""");
    }

    [Fact]
    public void A_lone_delete_directive_for_something_absent_adds_nothing() =>
        Check(Pod, """{"spec":{}}""", """{"spec":{"securityContext":{"$patch":"delete"},"volumes":[{"$patch":"delete","name":"v"}]}}""", """{"spec":{"volumes":[]}}""");

    [Fact]
    public void Retained_keys_switch_the_member_of_a_union()
    {
        Check(
            Deployment,
            """{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}""",
            """{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}""",
            """{"spec":{"strategy":{"type":"Recreate"}}}""");
        Check(
            Pod,
            """{"spec":{"volumes":[{"name":"v","emptyDir":{}},{"name":"w","hostPath":{"path":"/"}}]}}""",
            """{"spec":{"$setElementOrder/volumes":[{"name":"v"},{"name":"w"}],"volumes":[{"$retainKeys":["configMap","name"],"configMap":{"name":"c"},"name":"v"}]}}""",
            """{"spec":{"volumes":[{"name":"v","configMap":{"name":"c"}},{"name":"w","hostPath":{"path":"/"}}]}}""");
    }

    [Fact]
    public void Retained_keys_must_list_what_the_patch_sets() =>
        Fails(Deployment, "{}", """{"spec":{"strategy":{"type":"a"},"$retainKeys":["replicas"]}}""", "$retainKeys does not list", """{"spec":{}}""");

    [Fact]
    public void Scalars_of_a_merged_list_are_a_set() => Check(
        Pod,
        """{"metadata":{"finalizers":["a","b"]}}""",
        """{"metadata":{"finalizers":["c","a"]}}""",
        """{"metadata":{"finalizers":["c","a","b"]}}""");

    [Fact]
    public void Scalars_are_deleted_from_a_list() => Check(
        Pod,
        """{"metadata":{"finalizers":["a","b","c"]}}""",
        """{"metadata":{"$deleteFromPrimitiveList/finalizers":["b","x"],"$setElementOrder/finalizers":["c","d","a"],"finalizers":["d"]}}""",
        """{"metadata":{"finalizers":["c","d","a"]}}""");

    [Fact]
    public void Lists_without_merge_strategy_are_replaced() => Check(
        SchemaTable.Default.ForKind("v1", "Node")!,
        """{"spec":{"taints":[{"key":"a","effect":"NoSchedule"}],"podCIDRs":["10.0.0.0/24"]}}""",
        """{"spec":{"taints":[{"effect":"NoExecute","key":"b"}]}}""",
        """{"spec":{"taints":[{"effect":"NoExecute","key":"b"}],"podCIDRs":["10.0.0.0/24"]}}""");

    [Fact]
    public void The_listed_order_wins_and_server_items_keep_their_place() => Check(
        Pod,
        """{"spec":{"containers":[{"name":"injected"},{"name":"a"},{"name":"b"},{"name":"late"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"n"},{"name":"a"}],"containers":[{"name":"n","image":"i"}]}}""",
        """{"spec":{"containers":[{"name":"injected"},{"name":"b"},{"name":"n","image":"i"},{"name":"a"},{"name":"late"}]}}""");

    [Fact]
    public void An_order_alone_reorders() => Check(
        Pod, """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""", """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""", """{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}""");

    [Fact]
    public void An_order_for_a_list_that_nobody_has_does_nothing() => Check(Pod, """{"spec":{}}""", """{"spec":{"$setElementOrder/containers":[{"name":"b"}]}}""", """{"spec":{}}""");

    [Fact]
    public void A_new_list_arrives_without_directives() => Check(
        Pod,
        """{"spec":{"containers":[]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"c"}],"containers":[{"name":"c","$setElementOrder/env":[{"name":"E"}],"env":[{"name":"E","value":"1"}],"stdin":null}]}}""",
        """{"spec":{"containers":[{"name":"c","env":[{"name":"E","value":"1"}]}]}}""");

    [Fact]
    public void Numbers_are_merge_keys_too() => Check(
        Pod,
        """{"spec":{"containers":[{"name":"c","ports":[{"containerPort":80,"name":"http"},{"containerPort":443}]}]}}""",
        """{"spec":{"containers":[{"name":"c","ports":[{"containerPort":443,"name":"https"},{"containerPort":9090}]}]}}""",
        """{"spec":{"containers":[{"name":"c","ports":[{"containerPort":80,"name":"http"},{"containerPort":443,"name":"https"},{"containerPort":9090}]}]}}""");

    [Fact]
    public void Conditions_merge_by_type_as_a_status_writer_sends_them() => Check(
        SchemaTable.Default.ForKind("v1", "Node")!,
        """{"status":{"conditions":[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"True","reason":"KubeletReady"}]}}""",
        """{"status":{"$setElementOrder/conditions":[{"type":"MemoryPressure"},{"type":"Ready"}],"conditions":[{"status":"Unknown","type":"Ready"}]}}""",
        """{"status":{"conditions":[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"Unknown","reason":"KubeletReady"}]}}""");

    [Fact]
    public void A_three_way_apply_body_of_kubectl_works() => Check(
        Deployment,
        """
        {"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"old","deployment.kubernetes.io/revision":"1"}},
         "spec":{"replicas":3,"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[
           {"name":"web","image":"a:1","imagePullPolicy":"IfNotPresent","env":[{"name":"OLD","value":"1"},{"name":"KEEP","value":"2"}],"ports":[{"containerPort":80,"protocol":"TCP"}]},
           {"name":"old","image":"o"}],"restartPolicy":"Always","volumes":[{"name":"v","emptyDir":{}}]}}}}
        """,
        """
        {"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"new"}},
         "spec":{"replicas":null,"template":{"spec":{"$setElementOrder/containers":[{"name":"web"}],"$setElementOrder/volumes":[{"name":"v"}],
           "containers":[{"$setElementOrder/env":[{"name":"KEEP"},{"name":"NEW"}],"$setElementOrder/ports":[{"containerPort":80}],
             "env":[{"name":"NEW","value":"3"},{"$patch":"delete","name":"OLD"}],"image":"a:2","name":"web"},{"$patch":"delete","name":"old"}],
           "volumes":[{"$retainKeys":["configMap","name"],"configMap":{"name":"c"},"emptyDir":null,"name":"v"}]}}}}
        """,
        """
        {"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"new","deployment.kubernetes.io/revision":"1"}},
         "spec":{"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[
           {"name":"web","image":"a:2","imagePullPolicy":"IfNotPresent","env":[{"name":"KEEP","value":"2"},{"name":"NEW","value":"3"}],"ports":[{"containerPort":80,"protocol":"TCP"}]}],
           "restartPolicy":"Always","volumes":[{"name":"v","configMap":{"name":"c"}}]}}}}
        """);

    [Fact]
    public void Cordon_and_uncordon_work()
    {
        var node = SchemaTable.Default.ForKind("v1", "Node")!;
        Check(node, """{"spec":{}}""", """{"spec":{"unschedulable":true}}""", """{"spec":{"unschedulable":true}}""");
        Check(node, """{"spec":{"unschedulable":true}}""", """{"spec":{"unschedulable":null}}""", """{"spec":{}}""");
    }

    [Fact]
    public void A_disruption_budgets_selector_is_replaced_not_merged() => Check(
        SchemaTable.Default.ForKind("policy/v1", "PodDisruptionBudget")!,
        """{"spec":{"selector":{"matchLabels":{"a":"1"}}}}""",
        """{"spec":{"selector":{"matchLabels":{"b":"2"}}}}""",
        """{"spec":{"selector":{"matchLabels":{"b":"2"}}}}""");

    [Fact]
    public void Members_the_schema_does_not_know_merge_like_plain_json() => Check(
        Pod, """{"future":{"a":1,"list":[1]}}""", """{"future":{"b":2,"list":[2]}}""", """{"future":{"a":1,"b":2,"list":[2]}}""");

    [Theory]
    [InlineData("""{"spec":{"containers":[{"image":"x"}]}}""", "does not contain declared merge key: name")]
    [InlineData("""{"spec":{"containers":[{"$patch":"delete"}]}}""", "does not contain declared merge key: name")]
    [InlineData("""{"spec":{"containers":[{"$patch":"explode","name":"a"}]}}""", "unknown patch type")]
    [InlineData("""{"spec":{"$patch":"explode"}}""", "unknown patch type")]
    [InlineData("""{"spec":{"containers":["a"]}}""", "holds objects")]
    [InlineData("""{"spec":{"$setElementOrder/containers":{}}}""", "must be a list")]
    [InlineData("""{"spec":{"$retainKeys":"name"}}""", "must be a list of strings")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":"a"}}""", "must be a list")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"b"}]}}""", "doesn't match its $setElementOrder")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[{"name":"b"},{"name":"a"}]}}""", "doesn't match its $setElementOrder")]
    public void A_patch_that_contradicts_itself_is_a_bad_request(string patch, string expected) =>
        Fails(Pod, """{"metadata":{},"spec":{"containers":[{"name":"a"}]}}""", patch, expected);

    [Fact]
    public void A_created_patch_turns_the_one_into_the_other() =>
        Gen.Select(Gen.Int, Gen.Int).Sample(
            (first, second) =>
            {
                var (original, modified) = (PodGenerator.Pod(first), PodGenerator.Pod(second));
                var patch = StrategicMergePatch.Create(original, modified, Pod);
                Tree.Same(modified, StrategicMergePatch.Apply(original, patch, Pod));
                Tree.Same(PodGenerator.Pod(first), original);
                Tree.Same(PodGenerator.Pod(second), modified);
            },
            iter: 2000);

    [Fact]
    public void A_patch_applied_twice_changes_nothing_more() =>
        Gen.Select(Gen.Int, Gen.Int).Sample(
            (first, second) =>
            {
                var patch = StrategicMergePatch.Create(PodGenerator.Pod(first), PodGenerator.Pod(second), Pod);
                var once = StrategicMergePatch.Apply(PodGenerator.Pod(first), patch, Pod);
                Tree.Same(once, StrategicMergePatch.Apply(once, patch, Pod));
            },
            iter: 500);

    [Fact]
    public void Equal_objects_give_an_empty_patch() => Assert.Empty(StrategicMergePatch.Create(PodGenerator.Pod(3), PodGenerator.Pod(3), Pod));

    [Fact]
    public void A_created_patch_looks_like_kubectls() => Tree.Same(
        """
        {"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["b"]},
         "spec":{"$setElementOrder/containers":[{"name":"web"}],"containers":[{"name":"web","image":"a:2"},{"$patch":"delete","name":"old"}]}}
        """,
        StrategicMergePatch.Create(
            Tree.Object("""{"metadata":{"finalizers":["a","b"]},"spec":{"containers":[{"name":"web","image":"a:1"},{"name":"old"}]}}"""),
            Tree.Object("""{"metadata":{"finalizers":["b"]},"spec":{"containers":[{"name":"web","image":"a:2"}]}}"""),
            Pod));

    [Fact]
    public void Items_that_their_merge_key_does_not_tell_apart_are_replaced_whole()
    {
        var original = Tree.Object("""{"spec":{"containers":[{"name":"dns","ports":[{"containerPort":53,"protocol":"UDP"},{"containerPort":53,"protocol":"TCP"}]}]}}""");
        var modified = Tree.Object("""{"spec":{"containers":[{"name":"dns","ports":[{"containerPort":53,"protocol":"UDP"},{"containerPort":53,"protocol":"TCP","name":"t"}]}]}}""");
        Tree.Same(modified, StrategicMergePatch.Apply(original, StrategicMergePatch.Create(original, modified, Pod), Pod));
    }

    private static void Check(SchemaType type, string target, string patch, string expected)
    {
        var (before, change) = (Tree.Object(target), Tree.Object(patch));
        Tree.Same(expected, StrategicMergePatch.Apply(before, change, type));
        Tree.Same(target, before);
        Tree.Same(patch, change);
    }

    private static void Fails(SchemaType type, string target, string patch, string expected, string? other = null)
    {
        var exception = Assert.Throws<ApiException>(() => StrategicMergePatch.Apply(Tree.Object(other ?? target), Tree.Object(patch), type));
        Assert.Equal(400, exception.Status.Code);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
