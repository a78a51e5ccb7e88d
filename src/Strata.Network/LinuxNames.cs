using System.Text.RegularExpressions;

namespace Strata.Network;

/// <summary>Names of the things the network creates on a host.</summary>
internal static partial class LinuxNames
{
    // IFNAMSIZ is 16 with the terminating zero.
    private const int MaxInterfaceLength = 15;

    /// <summary>An interface name for the cluster: readable when it fits, else with a stable hash of the id.</summary>
    public static string Interface(string prefix, string clusterId) =>
        prefix.Length + clusterId.Length <= MaxInterfaceLength ? prefix + clusterId : $"{prefix}{Fnv1A(clusterId):x8}";

    /// <exception cref="ArgumentException">The id is not usable in names of interfaces, tables and files.</exception>
    public static void RequireClusterId(string clusterId)
    {
        if (!ClusterIdPattern().IsMatch(clusterId))
        {
            throw new ArgumentException(
                $"Network options: the cluster id '{clusterId}' must be 1 to 32 lower-case letters, digits or '-', starting with a letter.");
        }
    }

    /// <summary>Whether text from an API object can stand in an nftables name. Names that the API server validated always
    /// can; this guards the ruleset against text injected through a server that does not validate.</summary>
    public static bool IsSafe(string name) => SafePattern().IsMatch(name);

    private static uint Fnv1A(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }
        return hash;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}$")]
    private static partial Regex ClusterIdPattern();

    [GeneratedRegex("^[a-zA-Z0-9.-]{0,253}$")]
    private static partial Regex SafePattern();
}
