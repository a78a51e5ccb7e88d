using Strata.Api.Models;
using Strata.Pods.Lifecycle;
using Strata.Pods.Runtime;
using Strata.Pods.Status;

namespace Strata.Pods.Tests.Status;

public sealed class PodStatusTests
{
    private static readonly PodFacts Facts = new(["10.1.0.5"], ["10.0.0.1"], "containerd", false);

    [Fact]
    public void A_pod_whose_containers_run_is_running_and_ready()
    {
        var status = Compute(View(Given.Pod(Given.Container("a")), Given.Record("a", ContainerPhase.Running)));
        Assert.Equal("Running", status.Phase);
        Assert.All(["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"], type => Assert.Equal("True", status.Condition(type)!.Status));
        Assert.Equal("containerd://a-0", status.ContainerStatuses[0].ContainerID);
        Assert.Equal((true, true), (status.ContainerStatuses[0].Ready, status.ContainerStatuses[0].Started));
    }

    [Fact]
    public void A_container_with_a_readiness_probe_is_ready_only_after_it_said_so()
    {
        var pod = Given.Pod(Given.Container("a") with { ReadinessProbe = new Probe() });
        var view = View(pod, Given.Record("a", ContainerPhase.Running));
        var before = Compute(view);
        Assert.Equal("containers with unready status: [a]", before.Condition("Ready")!.Message);
        Assert.Equal("True", Compute(view with { Probes = new Dictionary<string, ProbeVerdict> { ["a-0"] = new(Readiness: true) } }).Condition("Ready")!.Status);
    }

    [Fact]
    public void A_container_that_will_be_restarted_waits_and_shows_its_last_run()
    {
        var view = View(Given.Pod(Given.Container("a")), Given.Record("a", ContainerPhase.Exited, exitCode: 2, attempt: 1))
            with { Faults = new Dictionary<string, ContainerFault> { ["a"] = new("CrashLoopBackOff", "back-off 10s") } };
        var status = Compute(view);
        Assert.Equal("Running", status.Phase);
        Assert.Equal("CrashLoopBackOff", status.ContainerStatuses[0].State.Waiting!.Reason);
        Assert.Equal(2, status.ContainerStatuses[0].LastState.Terminated!.ExitCode);
        Assert.Equal(1, status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public void Before_init_containers_are_done_the_rest_is_initializing()
    {
        var pod = Given.Pod(Given.Container("app")).WithSpec(spec => spec with { InitContainers = [Given.Container("one")] });
        var status = Compute(View(pod, Given.Record("one", ContainerPhase.Running)));
        Assert.Equal("Pending", status.Phase);
        Assert.Equal("PodInitializing", status.ContainerStatuses[0].State.Waiting!.Reason);
        Assert.Equal("containers with incomplete status: [one]", status.Condition("Initialized")!.Message);
    }

    [Theory]
    [InlineData(0, "Succeeded")]
    [InlineData(9, "Failed")]
    public void A_pod_that_ends_is_judged_by_its_exit_codes(int exitCode, string phase)
    {
        var pod = Given.Pod(Given.Container("a")).WithSpec(spec => spec with { RestartPolicy = "Never" });
        Assert.Equal(phase, Compute(View(pod, Given.Record("a", ContainerPhase.Exited, exitCode))).Phase);
    }

    [Fact]
    public void A_deleted_pod_reaches_a_terminal_phase_although_it_would_restart()
    {
        var pod = Given.Pod(Given.Container("a"));
        pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = Given.Now } };
        Assert.Equal("Failed", Compute(View(pod, Given.Record("a", ContainerPhase.Exited, 137))).Phase);
    }

    [Fact]
    public void Transition_times_change_only_with_the_condition_and_foreign_conditions_stay()
    {
        var pod = Given.Pod(Given.Container("a"));
        var first = Compute(View(pod, Given.Record("a", ContainerPhase.Running)));
        pod = pod with { Status = first with { Conditions = [.. first.Conditions, new PodCondition { Type = "example.com/x", Status = "True" }] } };
        var later = PodStatusCalculator.Compute(View(pod, Given.Record("a", ContainerPhase.Running)), Facts, Given.Now.AddHours(1));
        Assert.Equal(Given.Now, later.Condition("Ready")!.LastTransitionTime);
        Assert.NotNull(later.Condition("example.com/x"));
        Assert.Null(PodStatusPatch.Between("u1", pod.Status, later));
    }

    [Fact]
    public void A_patch_holds_only_what_changed_and_names_the_pod()
    {
        var pod = Given.Pod(Given.Container("a"));
        var first = Compute(View(pod, Given.Record("a", ContainerPhase.Running)));
        var second = first with
        {
            PodIP = "10.1.0.6",
            PodIPs = [new PodIP { Ip = "10.1.0.6" }],
            Conditions = [.. first.Conditions.Select(condition => condition.Type == "Ready" ? condition with { Status = "False" } : condition)],
        };
        var text = System.Text.Encoding.UTF8.GetString(PodStatusPatch.Between("u1", first, second)!.Body.Span);
        Assert.Contains("\"uid\":\"u1\"", text, StringComparison.Ordinal);
        Assert.Contains("""{"$patch":"delete","ip":"10.1.0.5"}""", text, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"Ready\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Initialized", text, StringComparison.Ordinal);
        Assert.DoesNotContain("containerStatuses", text, StringComparison.Ordinal);
    }

    private static PodView View(Pod pod, params ContainerRecord[] containers) => new() { Pod = pod, Sandboxes = [Given.Sandbox()], Containers = containers };

    private static PodStatus Compute(PodView view) => PodStatusCalculator.Compute(view, Facts, Given.Now);
}
