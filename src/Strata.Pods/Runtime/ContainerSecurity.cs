namespace Strata.Pods.Runtime;

/// <summary>Security settings of one container, pod-level defaults already applied.</summary>
public sealed record ContainerSecurity
{
    public bool Privileged { get; init; }

    public long? RunAsUser { get; init; }

    /// <summary>User by name, from the image; used when <see cref="RunAsUser"/> is null.</summary>
    public string RunAsUserName { get; init; } = "";

    public long? RunAsGroup { get; init; }

    public IReadOnlyList<long> SupplementalGroups { get; init; } = [];

    public bool ReadOnlyRoot { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>Names without <c>CAP_</c>; <c>ALL</c> is allowed.</summary>
    public IReadOnlyList<string> AddCapabilities { get; init; } = [];

    public IReadOnlyList<string> DropCapabilities { get; init; } = [];

    public SeccompMode Seccomp { get; init; }

    /// <summary>Absolute path of the profile when <see cref="Seccomp"/> is <see cref="SeccompMode.Localhost"/>.</summary>
    public string SeccompProfilePath { get; init; } = "";

    /// <summary>Whether /proc is shown without masked paths.</summary>
    public bool UnmaskedProc { get; init; }
}
