using System.Runtime.InteropServices;

namespace Strata.NodeAgent.Status;

/// <summary>The labels a node puts on itself.</summary>
internal static class NodeLabels
{
    public static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    public static IReadOnlyDictionary<string, string> All(NodeAgentOptions options) => new Dictionary<string, string>(options.Labels)
    {
        ["kubernetes.io/hostname"] = options.Labels.GetValueOrDefault("kubernetes.io/hostname", options.NodeName),
        ["kubernetes.io/os"] = "linux",
        ["kubernetes.io/arch"] = Architecture,
        ["beta.kubernetes.io/os"] = "linux",
        ["beta.kubernetes.io/arch"] = Architecture,
    };
}
