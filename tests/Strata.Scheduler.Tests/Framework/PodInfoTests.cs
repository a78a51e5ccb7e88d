using Strata.Api.Models;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Tests.Framework;

public sealed class PodInfoTests
{
    [Fact]
    public void Containers_add_up()
    {
        var requests = PodOf([Given.Container("100m", "1Gi"), Given.Container("250m", "512Mi")]).Requests;

        Assert.Equal(350, requests.CpuMillis);
        Assert.Equal(1536L * 1024 * 1024, requests.MemoryBytes);
    }

    [Fact]
    public void The_largest_init_step_counts_when_it_exceeds_the_containers()
    {
        var requests = PodOf([Given.Container("100m", "1Gi")], Given.Container("2", "10Mi"), Given.Container("1", "20Mi")).Requests;

        Assert.Equal(2000, requests.CpuMillis);
        Assert.Equal(1024L * 1024 * 1024, requests.MemoryBytes);
    }

    [Fact]
    public void A_sidecar_counts_beside_the_containers_and_the_init_steps_after_it()
    {
        var sidecar = Given.Container("300m") with { RestartPolicy = "Always" };

        Assert.Equal(400, PodOf([Given.Container("100m")], sidecar).Requests.CpuMillis);
        Assert.Equal(1300, PodOf([Given.Container("100m")], sidecar, Given.Container("1")).Requests.CpuMillis);
        Assert.Equal(1000, PodOf([Given.Container("100m")], Given.Container("1"), sidecar).Requests.CpuMillis);
    }

    [Fact]
    public void Overhead_comes_on_top()
    {
        var pod = Given.Pod("a").Requesting("1", "1Gi");
        pod = pod with { Spec = pod.Spec with { Overhead = Builders.Amounts(("cpu", "50m"), ("memory", "1Mi")) } };

        Assert.Equal(1050, pod.Info().Requests.CpuMillis);
        Assert.Equal(1025L * 1024 * 1024, pod.Info().Requests.MemoryBytes);
    }

    [Fact]
    public void Requests_of_the_pod_as_a_whole_replace_those_of_its_containers()
    {
        var pod = Given.Pod("a").Requesting("1", "1Gi");
        pod = pod with { Spec = pod.Spec with { Resources = new ResourceRequirements { Requests = Builders.Amounts(("cpu", "3")) } } };

        Assert.Equal(3000, pod.Info().Requests.CpuMillis);
        Assert.Equal(1024L * 1024 * 1024, pod.Info().Requests.MemoryBytes);
    }

    [Fact]
    public void For_scoring_each_container_without_a_request_is_assumed_to_use_some()
    {
        var info = PodOf([Given.Container("50m"), Given.Container()]);

        Assert.Equal(50, info.Requests.CpuMillis);
        Assert.Equal(150, info.ScoringCpuMillis);
        Assert.Equal(400L * 1024 * 1024, info.ScoringMemoryBytes);
    }

    [Fact]
    public void Resources_by_other_names_are_counted()
    {
        Assert.Equal(2, Given.Pod("a").Requesting("1", "1Gi", ("example.com/gpu", "2")).Info().Requests["example.com/gpu"]);
    }

    [Fact]
    public void Host_ports_of_sidecars_count_and_those_of_init_containers_do_not()
    {
        var port = new ContainerPort { Port = 80, HostPort = 80 };
        var init = Given.Container() with { Ports = [port] };

        Assert.Empty(PodOf([Given.Container()], init).HostPorts);
        Assert.Equal([new HostPort("", "TCP", 80)], PodOf([Given.Container()], init with { RestartPolicy = "Always" }).HostPorts);
    }

    [Theory]
    [InlineData("k", "Equal", "v", "NoSchedule", true)]
    [InlineData("k", "", "v", "NoSchedule", true)]
    [InlineData("k", "Equal", "w", "NoSchedule", false)]
    [InlineData("k", "Exists", "", "NoSchedule", true)]
    [InlineData("k", "Exists", "", "", true)]
    [InlineData("", "Exists", "", "", true)]
    [InlineData("", "Equal", "v", "", false)]
    [InlineData("j", "Exists", "", "", false)]
    [InlineData("k", "Exists", "", "NoExecute", false)]
    public void Tolerations_match_by_key_operator_value_and_effect(string key, string op, string value, string effect, bool tolerated)
    {
        var taint = new Taint { Key = "k", Value = "v", Effect = "NoSchedule" };

        Assert.Equal(tolerated, Given.Pod("a").Tolerating(key, op, value, effect).Info().Tolerates(taint));
    }

    private static PodInfo PodOf(Container[] containers, params Container[] init)
    {
        var pod = Given.Pod("a");
        return (pod with { Spec = pod.Spec with { Containers = containers, InitContainers = init } }).Info();
    }
}
