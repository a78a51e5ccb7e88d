using Strata.Api.Models;

namespace Strata.NodeAgent.Tests;

/// <summary>Builders of test objects.</summary>
internal static class Given
{
    public const string Image = "strata.local/busybox:test";

    /// <summary>A pod bound to n1, with defaults as the API server sets them.</summary>
    public static Pod Pod(string name, params Container[] containers) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new PodSpec
        {
            NodeName = "n1",
            RestartPolicy = "Always",
            TerminationGracePeriodSeconds = 2,
            DnsPolicy = "ClusterFirst",
            ServiceAccountName = "default",
            EnableServiceLinks = true,
            Containers = containers,
        },
    };

    public static Container Container(string name, params string[] command) => new()
    {
        Name = name,
        Image = Image,
        ImagePullPolicy = "IfNotPresent",
        Command = command,
        TerminationMessagePath = "/dev/termination-log",
        TerminationMessagePolicy = "File",
    };

    public static Container Shell(string name, string script) => Container(name, "sh", "-c", script);

    /// <summary>A container that runs until it is told to stop.</summary>
    public static Container Sleeper(string name) => Shell(name, "trap 'exit 0' TERM; while :; do sleep 0.05; done");

    public static Pod WithSpec(this Pod pod, Func<PodSpec, PodSpec> change) => pod with { Spec = change(pod.Spec) };
}
