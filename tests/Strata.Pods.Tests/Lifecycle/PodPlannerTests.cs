using Strata.Api.Models;
using Strata.Pods.Lifecycle;
using Strata.Pods.Runtime;

namespace Strata.Pods.Tests.Lifecycle;

public sealed class PodPlannerTests
{
    [Fact]
    public void A_new_pod_needs_a_sandbox_and_all_its_containers()
    {
        var plan = Plan(new PodView { Pod = Given.Pod(Given.Container("a"), Given.Container("b")) });
        Assert.Equal(0, plan.NewSandboxAttempt);
        Assert.Equal(["a", "b"], Started(plan));
    }

    [Fact]
    public void A_running_pod_needs_nothing()
    {
        var plan = Plan(View(Given.Pod(Given.Container("a")), Given.Record("a", ContainerPhase.Running)));
        Assert.Equal((null, 0, 0, false), (plan.NewSandboxAttempt, plan.Start.Count, plan.Stop.Count, plan.StopPod));
    }

    [Fact]
    public void Init_containers_come_one_by_one_before_the_rest()
    {
        var pod = Given.Pod(Given.Container("app")).WithSpec(spec => spec with { InitContainers = [Given.Container("one"), Given.Container("two")] });
        Assert.Equal(["one"], Started(Plan(View(pod))));
        Assert.Empty(Started(Plan(View(pod, Given.Record("one", ContainerPhase.Running)))));
        Assert.Equal(["two"], Started(Plan(View(pod, Given.Record("one", ContainerPhase.Exited)))));
        Assert.Equal(["app"], Started(Plan(View(pod, Given.Record("one", ContainerPhase.Exited), Given.Record("two", ContainerPhase.Exited)))));
        Assert.Equal(["one"], Started(Plan(View(pod, Given.Record("one", ContainerPhase.Exited, exitCode: 1)))));
    }

    [Fact]
    public void A_sidecar_lets_the_next_start_once_it_is_started_and_is_restarted_for_ever()
    {
        var sidecar = Given.Container("side") with { RestartPolicy = "Always", StartupProbe = new Probe { TcpSocket = new TCPSocketAction { Port = 1 } } };
        var pod = Given.Pod(Given.Container("app")).WithSpec(spec => spec with { RestartPolicy = "Never", InitContainers = [sidecar] });
        var running = View(pod, Given.Record("side", ContainerPhase.Running));
        Assert.Empty(Started(Plan(running)));
        Assert.Equal(["app"], Started(Plan(running with { Probes = new Dictionary<string, ProbeVerdict> { ["side-0"] = new(Startup: true) } })));
        Assert.Equal(["side"], Started(Plan(View(pod, Given.Record("side", ContainerPhase.Exited), Given.Record("app", ContainerPhase.Running)))));
    }

    [Fact]
    public void A_failed_probe_stops_the_container()
    {
        var container = Given.Container("a") with { LivenessProbe = new Probe { TerminationGracePeriodSeconds = 7 } };
        var plan = Plan(View(Given.Pod(container), Given.Record("a", ContainerPhase.Running)) with { Probes = new Dictionary<string, ProbeVerdict> { ["a-0"] = new(Liveness: false) } });
        Assert.Equal(7, Assert.Single(plan.Stop).GraceSeconds);
    }

    [Fact]
    public void A_crashed_container_waits_its_backoff()
    {
        var view = View(Given.Pod(Given.Container("a")), Given.Record("a", ContainerPhase.Exited, exitCode: 1, finishedAt: Given.Now.AddSeconds(-4)))
            with { Backoffs = new Dictionary<string, CrashBackoff> { ["a"] = new CrashBackoff(TimeSpan.FromSeconds(10), Given.Now.AddSeconds(-30)) } };
        var plan = Plan(view);
        Assert.Empty(plan.Start);
        Assert.Equal(TimeSpan.FromSeconds(6), Assert.Single(plan.Waiting).Remaining);
    }

    [Fact]
    public void A_dead_sandbox_restarts_what_must_run_and_leaves_what_is_done()
    {
        var pod = Given.Pod(Given.Container("done"), Given.Container("app")).WithSpec(spec => spec with { RestartPolicy = "OnFailure" });
        var view = new PodView
        {
            Pod = pod,
            Sandboxes = [Given.Sandbox(attempt: 2, ready: false)],
            Containers = [Given.Record("done", ContainerPhase.Exited, sandbox: 2), Given.Record("app", ContainerPhase.Running, attempt: 3, sandbox: 2)],
        };
        var plan = Plan(view);
        Assert.Equal(3, plan.NewSandboxAttempt);
        Assert.Equal("app-3", Assert.Single(plan.Stop).Record.Id);
        var start = Assert.Single(plan.Start);
        Assert.Equal(("app", 4), (start.Spec.Name, start.Attempt));
    }

    [Theory]
    [InlineData("Never", 1, true)]
    [InlineData("Never", 0, true)]
    [InlineData("OnFailure", 0, true)]
    [InlineData("OnFailure", 1, false)]
    [InlineData("Always", 0, false)]
    public void A_pod_is_over_when_no_container_will_run_again(string policy, int exitCode, bool isOver)
    {
        var pod = Given.Pod(Given.Container("a")).WithSpec(spec => spec with { RestartPolicy = policy });
        Assert.Equal(isOver, Plan(View(pod, Given.Record("a", ContainerPhase.Exited, exitCode))).StopPod);
    }

    [Fact]
    public void Exit_code_rules_of_a_container_override_its_policy()
    {
        var container = Given.Container("a") with
        {
            RestartPolicy = "Never",
            RestartPolicyRules = [new ContainerRestartRule { Action = "Restart", ExitCodes = new ContainerRestartRuleOnExitCodes { Operator = "In", Values = [42] } }],
        };
        Assert.Equal(["a"], Started(Plan(View(Given.Pod(container), Given.Record("a", ContainerPhase.Exited, exitCode: 42)))));
        Assert.True(Plan(View(Given.Pod(container), Given.Record("a", ContainerPhase.Exited, exitCode: 1))).StopPod);
    }

    [Fact]
    public void A_restart_count_outlives_the_containers_it_counted()
    {
        var pod = Given.Pod(Given.Container("a")) with { Status = new PodStatus { ContainerStatuses = [new ContainerStatus { Name = "a", RestartCount = 6, ContainerID = "x://gone" }] } };
        Assert.Equal(7, Assert.Single(Plan(View(pod)).Start).Attempt);
    }

    private static PodView View(Pod pod, params ContainerRecord[] containers) => new() { Pod = pod, Sandboxes = [Given.Sandbox()], Containers = containers };

    private static PodPlan Plan(PodView view) => PodPlanner.Plan(view, Given.Now);

    private static IEnumerable<string> Started(PodPlan plan) => plan.Start.Select(start => start.Spec.Name);
}
