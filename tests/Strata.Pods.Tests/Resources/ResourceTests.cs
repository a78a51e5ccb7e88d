using Strata.Api.Models;
using Strata.Pods.Resources;

namespace Strata.Pods.Tests.Resources;

public sealed class ResourceTests
{
    private const long Gibibyte = 1L << 30;

    [Theory]
    [InlineData(null, null, null, null, "BestEffort")]
    [InlineData("1", "1Gi", "1", "1Gi", "Guaranteed")]
    [InlineData("1", "1Gi", null, null, "Guaranteed")]
    [InlineData("1", "1Gi", "500m", "1Gi", "Burstable")]
    [InlineData(null, null, "100m", null, "Burstable")]
    public void The_class_follows_from_requests_and_limits(string? limitCpu, string? limitMemory, string? requestCpu, string? requestMemory, string expected) =>
        Assert.Equal(expected, QosClass.Compute(Given.Pod(Container(limitCpu, limitMemory, requestCpu, requestMemory)).Spec));

    [Fact]
    public void Cpu_and_memory_become_shares_quota_and_bytes()
    {
        var container = Container("500m", "64Mi", "250m", "64Mi");
        var resources = ResourceConversion.ForContainer(Given.Pod(container), container, Gibibyte);
        Assert.Equal((256, 50_000, 100_000, 64L << 20), (resources.CpuShares, resources.CpuQuota, resources.CpuPeriod, resources.MemoryLimitBytes));
        Assert.Equal(1000 - 62, resources.OomScoreAdjust);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(1000, 1024)]
    [InlineData(1_000_000, 262144)]
    public void Shares_stay_in_the_range_of_the_kernel(long milliCpu, long shares) => Assert.Equal(shares, ResourceConversion.Shares(milliCpu));

    [Fact]
    public void The_class_decides_who_dies_first_when_memory_runs_out()
    {
        var best = Given.Container();
        Assert.Equal(1000, ResourceConversion.OomScoreAdjust(Given.Pod(best), best, Gibibyte));
        var guaranteed = Container("1", "1Gi", "1", "1Gi");
        Assert.Equal(-997, ResourceConversion.OomScoreAdjust(Given.Pod(guaranteed), guaranteed, Gibibyte));
    }

    [Fact]
    public void The_cgroup_of_a_pod_shows_its_class()
    {
        Assert.Equal("/strata-x/kubepods/besteffort/podu1", PodCgroup.Path("strata-x", Given.Pod(Given.Container())));
        Assert.Equal("/strata-x/kubepods/podu1", PodCgroup.Path("/strata-x/", Given.Pod(Container("1", "1Gi", null, null))));
    }

    private static Container Container(string? limitCpu, string? limitMemory, string? requestCpu, string? requestMemory) => Given.Container() with
    {
        Resources = new ResourceRequirements { Limits = Map(limitCpu, limitMemory), Requests = Map(requestCpu, requestMemory) },
    };

    private static Dictionary<string, Quantity> Map(string? cpu, string? memory)
    {
        var map = new Dictionary<string, Quantity>();
        if (cpu is not null)
        {
            map["cpu"] = Quantity.Parse(cpu);
        }

        if (memory is not null)
        {
            map["memory"] = Quantity.Parse(memory);
        }

        return map;
    }
}
