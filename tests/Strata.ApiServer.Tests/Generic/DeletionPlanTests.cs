using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Registry;

namespace Strata.ApiServer.Tests.Generic;

public sealed class DeletionPlanTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("{}", "{}", "Remove")]
    [InlineData("""{"finalizers":["a/b"]}""", "{}", "Mark")]
    [InlineData("""{"finalizers":["a/b"],"deletionTimestamp":"2030-01-01T11:00:00Z","deletionGracePeriodSeconds":0}""", "{}", "AlreadyWaiting")]
    [InlineData("{}", """{"propagationPolicy":"Foreground"}""", "Mark")]
    [InlineData("{}", """{"propagationPolicy":"Orphan"}""", "Mark")]
    [InlineData("""{"finalizers":["orphan"]}""", """{"propagationPolicy":"Background"}""", "Remove")]
    [InlineData("""{"finalizers":["orphan"]}""", "{}", "Mark")]
    [InlineData("""{"finalizers":["foregroundDeletion"],"deletionTimestamp":"2030-01-01T11:00:00Z"}""", """{"orphanDependents":true}""", "Mark")]
    public void Without_a_grace_period_finalizers_alone_decide(string metadata, string options, string verdict)
    {
        var target = Object("ConfigMap", metadata, "{}");
        Assert.Equal(verdict, DeletionPlan.Compute(Kinds.Get("ConfigMap"), target, Options(options), Now).ToString());
    }

    [Theory]
    [InlineData("{}", """{"nodeName":"n"}""", "{}", "Mark", 30)]
    [InlineData("{}", """{"nodeName":"n","terminationGracePeriodSeconds":5}""", "{}", "Mark", 5)]
    [InlineData("{}", """{"nodeName":"n"}""", """{"gracePeriodSeconds":9}""", "Mark", 9)]
    [InlineData("{}", """{"nodeName":"n"}""", """{"gracePeriodSeconds":-3}""", "Mark", 1)]
    [InlineData("{}", """{"nodeName":"n"}""", """{"gracePeriodSeconds":0}""", "Remove", null)]
    [InlineData("{}", "{}", "{}", "Remove", null)]
    [InlineData("""{"finalizers":["a/b"]}""", "{}", "{}", "Mark", 0)]
    public void A_pod_on_a_node_gets_its_time(string metadata, string spec, string options, string verdict, int? grace)
    {
        var target = Object("Pod", metadata, spec);
        if (target["spec"]!["terminationGracePeriodSeconds"] is null)
        {
            target["spec"]!["terminationGracePeriodSeconds"] = 30L;
        }

        Assert.Equal(verdict, DeletionPlan.Compute(Kinds.Get("Pod"), target, Options(options), Now).ToString());
        Assert.Equal(grace, (int?)target.Metadata().Number("deletionGracePeriodSeconds"));
    }

    [Theory]
    [InlineData(null, "AlreadyWaiting", 30)]
    [InlineData(60, "AlreadyWaiting", 30)]
    [InlineData(10, "Mark", 10)]
    [InlineData(0, "Remove", 30)]
    public void A_deletion_that_has_begun_can_only_be_hurried(int? requested, string verdict, int grace)
    {
        var target = Object("Pod", """{"deletionTimestamp":"2030-01-01T12:00:30Z","deletionGracePeriodSeconds":30,"generation":4}""", """{"nodeName":"n"}""");
        Assert.Equal(verdict, DeletionPlan.Compute(Kinds.Get("Pod"), target, new DeletionOptions(requested), Now).ToString());
        Assert.Equal(grace, target.Metadata().Number("deletionGracePeriodSeconds"));
        Assert.Equal(grace == 10 ? "2030-01-01T12:00:10Z" : "2030-01-01T12:00:30Z", target.Metadata().Text("deletionTimestamp"));
    }

    [Fact]
    public void Beginning_a_deletion_counts_as_a_change_of_generation_where_there_is_one()
    {
        var target = Object("Deployment", """{"generation":3,"finalizers":["a/b"]}""", "{}");
        DeletionPlan.Compute(Kinds.Get("Deployment"), target, DeletionOptions.Default, Now);
        Assert.Equal(4, target.Metadata().Number("generation"));
        Assert.Equal("2030-01-01T12:00:00Z", target.Metadata().Text("deletionTimestamp"));
    }

    private static JsonObject Object(string kind, string metadata, string spec) => new()
    {
        ["kind"] = kind,
        ["metadata"] = JsonNode.Parse(metadata),
        ["spec"] = JsonNode.Parse(spec),
    };

    private static DeletionOptions Options(string body) => DeletionOptions.Read(JsonNode.Parse(body)!.AsObject(), ApiServer.Requests.QueryParameters.Empty);
}
