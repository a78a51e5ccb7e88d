namespace Strata.Cri;

/// <summary>Where a private containerd keeps its things and how it is set up. Two instances disturb each other only if
/// they share a directory or, through the CNI configuration, a bridge or an address range.</summary>
public sealed record ContainerdOptions
{
    // sun_path holds 108 bytes with the final zero, and containerd opens a second socket with ".ttrpc" appended.
    private const int LongestSocketPath = 107 - 6;

    /// <summary>Images, snapshots and metadata; survives a reboot.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>Sockets, FIFOs, mounts and runc's state; belongs under <c>/run</c> and must be short
    /// (see <see cref="ShortStateDirectory"/>). Removed by a full stop.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>CNI network configuration files (<c>*.conflist</c>); containerd watches the folder, so they may come later.</summary>
    public required string CniConfDirectory { get; init; }

    /// <summary>CNI plug-ins. Default: Debian's place.</summary>
    public string CniBinDirectory { get; init; } = "/usr/lib/cni";

    /// <summary>Image of the pause container. Default: the built-in one, see <see cref="Images.PauseImage"/>.</summary>
    public string SandboxImage { get; init; } = Images.PauseImage.Reference;

    /// <summary>Folder with a <c>&lt;host&gt;/hosts.toml</c> per image registry (mirrors, certificates); empty for none.</summary>
    public string RegistryConfigDirectory { get; init; } = "";

    /// <summary>The program, by path or by name on PATH.</summary>
    public string Executable { get; init; } = "containerd";

    /// <summary>The control group under which the caller puts its sandboxes (CRI's <c>cgroup_parent</c>), if it has one for this
    /// containerd alone: a full stop removes it. Null leaves control groups alone.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>containerd's own log level: debug, info, warn or error.</summary>
    public string LogLevel { get; init; } = "warn";

    /// <summary>Longest a start may take before it counts as failed.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long containerd may take to end after SIGTERM before it is killed.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public string SocketPath => Path.Combine(StateDirectory, "containerd.sock");

    public string ConfigPath => Path.Combine(RootDirectory, "config.toml");

    /// <summary>Appended to at each start.</summary>
    public string LogPath => Path.Combine(RootDirectory, "containerd.log");

    /// <summary>A state directory under <paramref name="runDirectory"/> that stays short and is the same for the same
    /// <paramref name="dataDirectory"/>, however long that is: unix socket paths end at 107 bytes.</summary>
    public static string ShortStateDirectory(string runDirectory, string dataDirectory)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Path.GetFullPath(dataDirectory)));
        return Path.Combine(runDirectory, Convert.ToHexStringLower(hash.AsSpan(0, 5)));
    }

    internal void Validate()
    {
        foreach (var path in (string[])[RootDirectory, StateDirectory, CniConfDirectory, CniBinDirectory])
        {
            if (!Path.IsPathFullyQualified(path))
            {
                throw new ContainerdException($"containerd needs absolute paths, but got '{path}'");
            }
        }
        if (System.Text.Encoding.UTF8.GetByteCount(SocketPath) > LongestSocketPath)
        {
            throw new ContainerdException(
                $"the state directory is too long for a unix socket: '{SocketPath}' must not exceed {LongestSocketPath} bytes");
        }
    }
}
