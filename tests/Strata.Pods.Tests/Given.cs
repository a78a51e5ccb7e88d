using System.Text;
using Strata.Api.Models;
using Strata.Pods.Environment;
using Strata.Pods.References;
using Strata.Pods.Runtime;

namespace Strata.Pods.Tests;

/// <summary>Builders of test objects.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly PodRuntimeFacts Facts = new(
        ["10.1.0.5"], ["10.0.0.1"], new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("4"), ["memory"] = Quantity.Parse("8Gi") });

    public static Pod Pod(params Container[] containers) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "shop", Uid = "u1", Generation = 1, Labels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "x\"y" } },
        Spec = new PodSpec { NodeName = "n1", RestartPolicy = "Always", ServiceAccountName = "sa", Containers = containers },
    };

    public static Pod WithSpec(this Pod pod, Func<PodSpec, PodSpec> change) => pod with { Spec = change(pod.Spec) };

    public static Container Container(string name = "main") => new() { Name = name, Image = "app:1" };

    public static ReferencedObjects Objects(ConfigMap? configMap = null, Secret? secret = null, params Service[] services) => new(
        configMap is null ? new Dictionary<string, ConfigMap>() : new Dictionary<string, ConfigMap> { [configMap.Metadata.Name] = configMap },
        secret is null ? new Dictionary<string, Secret>() : new Dictionary<string, Secret> { [secret.Metadata.Name] = secret },
        services);

    public static ConfigMap ConfigMap(string name, params (string Key, string Value)[] data) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "shop" }, Data = data.ToDictionary(pair => pair.Key, pair => pair.Value) };

    public static Secret Secret(string name, params (string Key, string Value)[] data) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "shop" }, Data = data.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetBytes(pair.Value)) };

    public static Service Service(string name, string address, params (string Name, int Port)[] ports) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = name == "kubernetes" ? "default" : "shop" },
        Spec = new ServiceSpec { ClusterIP = address, Ports = [.. ports.Select(port => new ServicePort { Name = port.Name, Port = port.Port, Protocol = "TCP" })] },
    };

    public static SandboxRecord Sandbox(int attempt = 0, bool ready = true) =>
        new() { Id = $"s{attempt}", PodUid = "u1", PodNamespace = "shop", PodName = "web", Attempt = attempt, IsReady = ready, CreatedAt = Now, IPs = ["10.1.0.5"] };

    public static ContainerRecord Record(string name, ContainerPhase phase, int exitCode = 0, int attempt = 0, int sandbox = 0, DateTimeOffset? finishedAt = null) => new()
    {
        Id = $"{name}-{attempt}",
        SandboxId = $"s{sandbox}",
        PodUid = "u1",
        PodNamespace = "shop",
        PodName = "web",
        Name = name,
        Attempt = attempt,
        Phase = phase,
        ExitCode = exitCode,
        CreatedAt = Now,
        StartedAt = phase == ContainerPhase.Created ? null : Now,
        FinishedAt = phase == ContainerPhase.Exited ? finishedAt ?? Now : null,
    };
}
