namespace Strata.Cri.Images;

/// <summary>How a container of the image runs by default: the <c>config</c> part of the OCI image configuration.</summary>
public sealed record OciImageSettings
{
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Written in the order of the names.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } =
        new Dictionary<string, string> { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

    /// <summary>Empty means <c>/</c>.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary><c>8080/tcp</c>, <c>53/udp</c>. For information only.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>User or user:group, by number or by name in the image's /etc/passwd. Empty means root.</summary>
    public string User { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Empty means SIGTERM.</summary>
    public string StopSignal { get; init; } = "";
}
