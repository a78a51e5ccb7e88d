using Strata.Api.Models;

namespace Strata.Controllers.Tests.Cluster;

/// <summary>Claims and volumes outlive their deletion while they are in use.</summary>
public sealed class StorageProtectionTests
{
    [Fact]
    public async Task A_claim_stays_until_the_pod_that_uses_it_has_ended()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        foreach (var name in (string[])["used", "idle"])
        {
            var claim = await cluster.AddAsync(Claim(name));
            Assert.Equal(["kubernetes.io/pvc-protection"], claim.Metadata.Finalizers);
        }

        await cluster.AddAsync(Pod("p", "used"));
        await cluster.DeleteAsync<PersistentVolumeClaim>("used");
        await cluster.DeleteAsync<PersistentVolumeClaim>("idle");
        await cluster.GoneAsync<PersistentVolumeClaim>("idle");
        Assert.NotNull((await cluster.FindAsync<PersistentVolumeClaim>("used"))?.Metadata.DeletionTimestamp);

        await cluster.PatchAsync<Pod>("p", """{"status":{"phase":"Succeeded"}}""", subresource: "status");
        await cluster.GoneAsync<PersistentVolumeClaim>("used");
    }

    [Fact]
    public async Task A_volume_stays_while_it_is_bound()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(new PersistentVolume
        {
            Metadata = new ObjectMeta { Name = "v" },
            Spec = new PersistentVolumeSpec
            {
                Capacity = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") },
                AccessModes = ["ReadWriteOnce"],
                HostPath = new HostPathVolumeSource { Path = "/tmp" },
            },
        });
        await cluster.PatchAsync<PersistentVolume>("v", """{"status":{"phase":"Bound"}}""", null, "status");
        await cluster.DeleteAsync<PersistentVolume>("v", namespaceName: null);
        Assert.NotNull(await cluster.FindAsync<PersistentVolume>("v", null));
        await cluster.PatchAsync<PersistentVolume>("v", """{"status":{"phase":"Released"}}""", null, "status");
        await cluster.GoneAsync<PersistentVolume>("v", null);
    }

    private static PersistentVolumeClaim Claim(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            Resources = new VolumeResourceRequirements { Requests = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") } },
        },
    };

    private static Pod Pod(string name, string claim) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec
        {
            NodeName = "n1",
            Containers = [new Container { Name = "c", Image = "busybox" }],
            Volumes = [new Volume { Name = "v", PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = claim } }],
        },
    };
}
