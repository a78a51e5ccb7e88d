using Strata.Api.Models;
using Strata.Testing;

namespace Strata.Controllers.Tests.Cluster;

public sealed class ReplicaSetTests
{
    [Fact]
    public async Task Orphans_that_match_are_adopted_and_pods_that_stop_matching_released_and_replaced()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(PodOf("stray"));

        // An endpoint says that the controllers know the pod: one they have yet to hear of would be one too many later.
        await cluster.AddAsync(new Service { Metadata = new ObjectMeta { Name = "web", Namespace = "default" }, Spec = new ServiceSpec { ClusterIP = "None", Selector = new Dictionary<string, string> { ["app"] = "web" } } });
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<EndpointSlice>()).Any(slice => slice.Endpoints.Count == 1));
        var set = await cluster.AddAsync(SetOf("web", 2));

        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ReplicaSet>("web"))!.Status.AvailableReplicas == 2);
        Assert.Equal(2, (await cluster.ListAsync<Pod>()).Count);
        Assert.Equal(set.Metadata.Uid, (await cluster.FindAsync<Pod>("stray"))!.Metadata.Controller()?.Uid);

        await cluster.PatchAsync<Pod>("stray", """{"metadata":{"labels":{"app":"other"}}}""");
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>(labels: "app=web")).Count == 2);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<Pod>("stray"))!.Metadata.OwnerReferences.Count == 0);
    }

    [Fact]
    public async Task A_lost_pod_is_replaced_once()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        await cluster.AddAsync(SetOf("web", 3));
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ReplicaSet>("web"))!.Status.AvailableReplicas == 3);
        var lost = (await cluster.ListAsync<Pod>())[0].Metadata.Name;

        await cluster.DeleteAsync<Pod>(lost);
        await cluster.GoneAsync<Pod>(lost);

        // The status may still be the one from before the loss; the new pod says when it is not.
        await Eventually.TrueAsync(async () => (await cluster.ListAsync<Pod>()).Count(pod => pod.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" })) >= 3);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ReplicaSet>("web"))! is { Status.AvailableReplicas: 3, Status.Replicas: 3 });
        Assert.Equal(3, (await cluster.ListAsync<Pod>()).Count);
    }

    [Fact]
    public async Task Pods_that_cannot_be_created_show_as_a_condition_until_they_can()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddNodeAsync("n1");
        var set = SetOf("web", 2);
        var template = set.Spec.Template with { Spec = set.Spec.Template.Spec with { ServiceAccountName = "missing" } };
        await cluster.AddAsync(set with { Spec = set.Spec with { Template = template } });

        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ReplicaSet>("web"))!.Status.Conditions is [{ Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate" }]);
        await cluster.EventAsync("FailedCreate", item => item.InvolvedObject.Name == "web" && item.Message.StartsWith("Error creating: ", StringComparison.Ordinal));

        await cluster.AddAsync(new ServiceAccount { Metadata = new ObjectMeta { Namespace = "default", Name = "missing" } });
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ReplicaSet>("web"))! is { Status.AvailableReplicas: 2, Status.Conditions.Count: 0 });
    }

    private static ReplicaSet SetOf(string name, int replicas) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ReplicaSetSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } },
            Template = new PodTemplateSpec { Metadata = new ObjectMeta { Labels = PodOf("x").Metadata.Labels }, Spec = PodOf("x").Spec },
        },
    };

    private static Pod PodOf(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Labels = new Dictionary<string, string> { ["app"] = "web" } },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "web:1" }] },
    };
}
