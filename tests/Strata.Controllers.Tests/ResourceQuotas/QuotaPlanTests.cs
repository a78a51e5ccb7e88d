using Strata.Api.Models;
using Strata.Api.Quotas;
using Strata.Controllers.ResourceQuotas;

namespace Strata.Controllers.Tests.ResourceQuotas;

public sealed class QuotaPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, Quantity> NoCounts = [];

    [Fact]
    public void What_nobody_uses_is_written_as_zero()
    {
        var status = QuotaPlan.Compute(Quota(("pods", "2"), ("requests.storage", "1Gi"), ("services.nodeports", "1")), [], NoCounts, Now);
        Assert.Equal("pods=0,requests.storage=0,services.nodeports=0", ResourceSums.Describe(status.Used, status.Used.Keys));
        Assert.Equal(3, status.Hard.Count);
    }

    [Fact]
    public void Objects_are_added_up_and_only_what_is_limited_is_kept()
    {
        var status = QuotaPlan.Compute(Quota(("pods", "5"), ("requests.cpu", "4")), [Pod("1", 0), Pod("500m", 0), QuotaSubject.Of(new Service())], NoCounts, Now);
        Assert.Equal("pods=2,requests.cpu=1500m", ResourceSums.Describe(status.Used, status.Used.Keys));
    }

    [Fact]
    public void Only_objects_within_the_scopes_count()
    {
        var quota = Quota(("pods", "5"));
        var status = QuotaPlan.Compute(quota with { Spec = quota.Spec with { Scopes = ["Terminating"] } }, [Pod("1", 0), Pod("1", 60), QuotaSubject.Of(new Service())], NoCounts, Now);
        Assert.Equal("pods=1", ResourceSums.Describe(status.Used, status.Used.Keys));
    }

    [Fact]
    public void Counts_are_taken_over_and_unknown_kinds_keep_what_was_known()
    {
        var quota = Quota(("count/widgets.example.com", "5"), ("count/gadgets.example.com", "5"), ("configmaps", "9")) with
        {
            Status = new ResourceQuotaStatus { Used = new Dictionary<string, Quantity> { ["count/widgets.example.com"] = Quantity.FromValue(3), ["pods"] = Quantity.FromValue(1) } },
        };
        Assert.Equal(
            [("count/widgets.example.com", "widgets", "example.com"), ("count/gadgets.example.com", "gadgets", "example.com"), ("configmaps", "configmaps", "")], QuotaPlan.Counted(quota));
        var status = QuotaPlan.Compute(quota, [], new Dictionary<string, Quantity> { ["configmaps"] = Quantity.FromValue(4) }, Now);
        Assert.Equal("configmaps=4,count/widgets.example.com=3", ResourceSums.Describe(status.Used, status.Used.Keys));
    }

    [Fact]
    public void Only_kinds_that_are_limited_are_looked_at()
    {
        var quota = Quota(("requests.example.com/gpu", "1"), ("count/services", "1"));
        Assert.True(QuotaPlan.Needs(quota, Api.Models.Pod.Info));
        Assert.True(QuotaPlan.Needs(quota, Service.Info));
        Assert.False(QuotaPlan.Needs(quota, PersistentVolumeClaim.Info));
        Assert.Empty(QuotaPlan.Counted(quota));
    }

    private static QuotaSubject Pod(string cpu, int deadline) => QuotaSubject.Of(new Pod
    {
        Spec = new PodSpec
        {
            ActiveDeadlineSeconds = deadline > 0 ? deadline : null,
            Containers = [new Container { Name = "c", Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu) } } }],
        },
    });

    private static ResourceQuota Quota(params (string Resource, string Amount)[] hard) => new()
    {
        Spec = new ResourceQuotaSpec { Hard = hard.ToDictionary(static entry => entry.Resource, static entry => Quantity.Parse(entry.Amount)) },
    };
}
