using System.Text.Json.Nodes;
using CsCheck;
using Strata.Api.Errors;
using Strata.Api.ManagedFields;

namespace Strata.Api.Tests.ManagedFields;

public sealed class ServerSideApplyTests
{
    private const string Version = "apps/v1";
    private const string Time = "2026-01-01T00:00:00Z";
    private const string Later = "2026-01-01T00:01:00Z";

    private static readonly MergeSchema Schema = TableSchema.ForKind(Version, "Deployment")!;

    [Fact]
    public void A_field_dropped_from_the_applied_tree_goes_unless_somebody_else_owns_it()
    {
        var first = Apply(null, [], "a", Spec("""{"replicas":1,"paused":true,"minReadySeconds":5}"""));
        var shared = Apply(first.Object, first.Owners, "b", Spec("""{"paused":true}"""));
        var after = Apply(shared.Object, shared.Owners, "a", Spec("""{"replicas":1}"""));
        Tree.Same("""{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":1,"paused":true}}""", after.Object);
        Assert.Equal(["a", "b"], after.Owners.Select(static owner => owner.Id.Manager).Order());
        Assert.DoesNotContain("paused", after.Owners.Single(static owner => owner.Id.Manager == "a").Fields.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_somebody_else_is_a_conflict_until_forced()
    {
        var first = Apply(null, [], "a", Spec("""{"replicas":1}"""));
        var conflict = Assert.Throws<ApiException>(() => Apply(first.Object, first.Owners, "b", Spec("""{"replicas":2}"""))).Status;
        Assert.Equal((409, "Apply failed with 1 conflict: conflict with \"a\": .spec.replicas"), (conflict.Code, conflict.Message));
        Assert.Equal(new StatusCause("FieldManagerConflict", "conflict with \"a\"", ".spec.replicas"), Assert.Single(conflict.Causes));

        var forced = Apply(first.Object, first.Owners, "b", Spec("""{"replicas":2}"""), isForced: true);
        Assert.Equal("b", Assert.Single(forced.Owners).Id.Manager);
    }

    [Fact]
    public void Conflicts_are_listed_by_manager()
    {
        var owners = new List<ManagedEntry>
        {
            new(ManagerId.Updater("kubectl-set", Version, ""), Version, Time, FieldSet.OfFields("spec.replicas").Union(FieldSet.OfFields("spec.paused"))),
            new(ManagerId.Updater("kubectl", Version, "scale"), Version, Time, FieldSet.OfFields("spec.replicas")),
        };
        var live = Tree.Object("""{"spec":{"replicas":1,"paused":true}}""");
        var conflict = Assert.Throws<ApiException>(() => Apply(live, owners, "b", Spec("""{"replicas":2,"paused":false,"minReadySeconds":1}"""))).Status;
        Assert.Equal(
            "Apply failed with 3 conflicts: conflicts with \"kubectl\" with subresource \"scale\" using apps/v1:\n- .spec.replicas\n"
                + "conflicts with \"kubectl-set\" using apps/v1:\n- .spec.paused\n- .spec.replicas", conflict.Message);
    }

    [Fact]
    public void An_object_without_owners_gets_one_for_what_it_has()
    {
        var live = Tree.Object("""{"metadata":{"name":"x"},"spec":{"replicas":3},"status":{"replicas":1}}""");
        Assert.Contains("before-first-apply", Assert.Throws<ApiException>(() => Apply(live, [], "a", Spec("""{"replicas":1}"""))).Status.Message, StringComparison.Ordinal);
        var after = Apply(live, [], "a", Spec("""{"replicas":3}"""));
        Assert.Equal(["a", "before-first-apply"], after.Owners.Select(static owner => owner.Id.Manager).Order());
    }

    [Fact]
    public void The_time_changes_only_when_something_does()
    {
        var first = Apply(null, [], "a", Spec("""{"replicas":1}"""));
        Assert.Equal(Time, Assert.Single(Apply(first.Object, first.Owners, "a", Spec("""{"replicas":1}"""), time: Later).Owners).Time);
        Assert.Equal(Later, Assert.Single(Apply(first.Object, first.Owners, "a", Spec("""{"replicas":2}"""), time: Later).Owners).Time);
    }

    [Fact]
    public void Kubectl_takes_over_what_it_applied_on_the_clients_side()
    {
        var live = Tree.Object("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x","annotations":{
            "kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"replicas\":1,\"paused\":true}}"}},
            "spec":{"replicas":1,"paused":false}}
            """);
        IReadOnlyList<ManagedEntry> owners =
            [new(ManagerId.Updater("kubectl-client-side-apply", Version, ""), Version, Time, FieldSet.OfFields("spec.replicas").Union(FieldSet.OfFields("spec.paused")))];
        var taken = Apply(live, owners, "kubectl", Spec("""{"replicas":2}"""));
        Assert.Equal("""{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":2}}""" + "\n",
            taken.Object["metadata"]!["annotations"]!["kubectl.kubernetes.io/last-applied-configuration"]!.GetValue<string>());
        Assert.Throws<ApiException>(() => Apply(live, owners, "other", Spec("""{"replicas":2}""")));
    }

    [Fact]
    public void An_update_takes_the_fields_it_changes_from_everybody()
    {
        var first = Apply(null, [], "a", Spec("""{"replicas":1,"paused":true}"""));
        var changed = Tree.Object("""{"spec":{"replicas":5}}""");
        var owners = UpdateOwnership.After(first.Owners, TreeComparison.Between(first.Object, changed, Schema), ManagerId.Updater("u", Version, ""), Version, Later);
        var owner = Assert.Single(owners);
        Assert.Equal(("u", """{"f:spec":{"f:replicas":{}}}"""), (owner.Id.Manager, owner.Fields.ToString()));
    }

    [Fact]
    public void The_oldest_updaters_above_ten_share_an_entry()
    {
        IReadOnlyList<ManagedEntry> owners = [];
        var before = new JsonObject();
        for (var index = 0; index < 13; index++)
        {
            var after = (JsonObject)before.DeepClone();
            ((after["metadata"] ??= new JsonObject())["labels"] ??= new JsonObject())[$"l{index}"] = "x";
            owners = UpdateOwnership.After(owners, TreeComparison.Between(before, after, Schema), ManagerId.Updater($"m{index}", Version, ""), Version, $"2026-01-01T00:00:{index:00}Z");
            before = after;
        }

        Assert.Equal(UpdateOwnership.MaxUpdaters, owners.Count);
        var old = owners.Single(static owner => owner.Id.Manager == "ancient-changes");
        Assert.Equal("2026-01-01T00:00:03Z", old.Time);
        Assert.Equal(["l0", "l1", "l2", "l3"], old.Fields.Paths().Where(static path => path.Length == 3).Select(static path => path[2].FieldName));
    }

    [Fact]
    public void The_written_list_reads_back_and_has_its_order()
    {
        IReadOnlyList<ManagedEntry> owners =
        [
            new(ManagerId.Updater("b", Version, "status"), Version, Later, FieldSet.OfFields("status.replicas")),
            new(ManagerId.Updater("c", Version, ""), Version, Time, FieldSet.OfFields("spec.paused")),
            new(ManagerId.Applier("z", ""), Version, Later, FieldSet.OfFields("spec.replicas")),
        ];
        var list = JsonNode.Parse(ManagedEntries.Write(owners).Span)!;
        Assert.Equal(["z", "c", "b"], list.AsArray().Select(static entry => entry!["manager"]!.GetValue<string>()));
        Assert.True(ManagedEntries.AreSame(owners, ManagedEntries.TryRead(list)!));
        Assert.True(ManagedEntries.IsReset(JsonNode.Parse("[{}]")));
        Assert.False(ManagedEntries.IsReset(JsonNode.Parse("[]")));
        Assert.Null(ManagedEntries.TryRead(JsonNode.Parse("""[{"manager":"x"}]""")));
        Assert.Null(ManagedEntries.TryRead(JsonNode.Parse("""[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":1}}]""")));
    }

    private static readonly Gen<JsonObject> Objects = Gen.Select(
        Gen.Int[0, 3].Array[0, 3].Select(static names => names.Distinct().ToArray()), Gen.Int[0, 2], Gen.Int[0, 3].Array[0, 3], Gen.Bool,
        static (containers, image, labels, paused) =>
        {
            var result = new JsonObject { ["metadata"] = new JsonObject(), ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject() } } };
            if (labels.Length > 0)
            {
                result["metadata"]!["labels"] = new JsonObject(labels.Distinct().Select(label => KeyValuePair.Create($"l{label}", (JsonNode?)JsonValue.Create($"v{image}"))));
            }

            if (containers.Length > 0)
            {
                result["spec"]!["template"]!["spec"]!["containers"] = new JsonArray([.. containers.Select(name => new JsonObject { ["name"] = $"c{name}", ["image"] = $"i{image}" })]);
            }

            if (paused)
            {
                result["spec"]!["paused"] = true;
                result["spec"]!["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [$"s{image}"] = "x" } };
            }

            return result;
        });

    [Fact]
    public void Merging_a_tree_into_itself_changes_nothing() => Objects.Sample(static live => Assert.True(TreeComparison.Between(live, TreeMerge.Merge(live, live, Schema), Schema).IsSame));

    [Fact]
    public void After_an_apply_every_applied_leaf_is_there_and_owned() => Gen.Select(Objects, Objects).Sample(static (live, applied) =>
    {
        var result = Apply(live, [], "a", applied, isForced: true);
        Assert.True(TreeComparison.Between(result.Object, TreeMerge.Merge(result.Object, applied, Schema), Schema).IsSame);
        Assert.Equal(TreeFields.Of(applied, Schema).Difference(UpdateOwnership.NeverOwned), result.Owners.SingleOrDefault(static owner => owner.Id.IsApply)?.Fields ?? FieldSet.Empty);
    });

    [Fact]
    public void Applying_the_same_twice_changes_nothing() => Gen.Select(Objects, Objects, Objects).Sample(static (live, before, applied) =>
    {
        var first = Apply(live, [], "a", before, isForced: true);
        var once = Apply(first.Object, first.Owners, "a", applied, isForced: true);
        var twice = Apply(once.Object, once.Owners, "a", applied, time: Later);
        Assert.True(TreeComparison.Between(once.Object, twice.Object, Schema).IsSame);
        Assert.True(ManagedEntries.AreSame(once.Owners, twice.Owners));
        Assert.All(twice.Owners, static owner => Assert.Equal(Time, owner.Time));
    });

    [Fact]
    public void Nobody_loses_a_field_that_nobody_changed() => Gen.Select(Objects, Objects, Objects).Sample(static (theirs, before, applied) =>
    {
        var first = Apply(null, [], "other", theirs);
        var second = Apply(first.Object, first.Owners, "a", before, isForced: true);
        var third = Apply(second.Object, second.Owners, "a", applied, isForced: true);
        var owned = FieldsOf(second.Owners, "other");
        var change = TreeComparison.Between(second.Object, third.Object, Schema);
        Assert.Equal(owned.Difference(change.Modified).Difference(change.Added), FieldsOf(third.Owners, "other"));
        Assert.True(owned.Intersection(change.Removed).IsEmpty); // An apply removes nothing that others own.
    });

    [Fact]
    public void What_the_applier_alone_had_and_no_longer_applies_is_gone() => Gen.Select(Objects, Objects).Sample(static (before, applied) =>
    {
        var first = Apply(null, [], "a", before);
        var second = Apply(first.Object, first.Owners, "a", applied);
        Assert.True(TreeComparison.Between(TreeMerge.Merge([], applied, Schema), second.Object, Schema).IsSame, second.Object.ToJsonString());
    });

    private static FieldSet FieldsOf(IReadOnlyList<ManagedEntry> owners, string manager) => owners.SingleOrDefault(owner => owner.Id.Manager == manager)?.Fields ?? FieldSet.Empty;

    private static JsonObject Spec(string spec) => new() { ["apiVersion"] = Version, ["kind"] = "Deployment", ["spec"] = JsonNode.Parse(spec) };

    private static ApplyResult Apply(JsonObject? live, IReadOnlyList<ManagedEntry> owners, string manager, JsonObject applied, bool isForced = false, string time = Time) =>
        ServerSideApply.Apply(live, owners, new ApplyRequest(applied, ManagerId.Applier(manager, ""), Version, isForced), Schema, time);
}
