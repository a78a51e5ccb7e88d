using Strata.Hosting.Logging;

namespace Strata.Host.Clusters;

/// <summary>What a user asked of a cluster on the command line. A null port means: the one of last time, else the default, else (for a second cluster) a free one.</summary>
internal sealed record ClusterSettings
{
    public const string DefaultDataDirectory = "/var/lib/strata/default";

    /// <summary>Where everything of the cluster lives.</summary>
    public string DataDirectory { get; init; } = DefaultDataDirectory;

    /// <summary>Whether this machine runs pods itself, as a dedicated node.</summary>
    public bool HasNode { get; init; } = true;

    /// <summary>Whether to run container instances and the virtual node.</summary>
    public bool HasInstances { get; init; } = true;

    /// <summary>Address that the APIs listen on; loopback unless asked.</summary>
    public string ListenAddress { get; init; } = "127.0.0.1";

    public int? ApiPort { get; init; }

    public int? ArmPort { get; init; }

    /// <summary>CPUs that the dedicated node offers; null for all of the machine's.</summary>
    public int? NodeCpus { get; init; }

    public LogSettings Log { get; init; } = new(IsVerbose: false, LogFormat.Text);

    /// <summary>Where the objects are kept; null: as last time.</summary>
    public StoreChoice? Store { get; init; }

    /// <summary>Set for <c>strata server</c>, null for <c>strata up</c>.</summary>
    public ServerSettings? Server { get; init; }
}
