namespace Strata.Pods.Runtime;

/// <summary>A container to create.</summary>
public sealed record ContainerSpec
{
    public required string Name { get; init; }

    public int Attempt { get; init; }

    /// <summary>Image id or reference, present in the runtime.</summary>
    public required string Image { get; init; }

    /// <summary>Image as the pod spec named it, kept for display.</summary>
    public string ImageName { get; init; } = "";

    /// <summary>Entry point; empty for the image's.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Arguments; empty for the image's, unless a command is given.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    public string WorkingDirectory { get; init; } = "";

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];

    /// <summary>Log file, relative to the sandbox's log directory.</summary>
    public string LogPath { get; init; } = "";

    public bool Stdin { get; init; }

    public bool StdinOnce { get; init; }

    public bool Tty { get; init; }

    public LinuxResources Resources { get; init; } = new();

    public ContainerSecurity Security { get; init; } = new();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
