namespace Strata.Network.Linux;

/// <summary>Kernel settings under <c>/proc/sys</c>.</summary>
internal interface ISysctl
{
    /// <summary>The value, or null when this kernel has no such setting.</summary>
    /// <param name="path">Under <c>/proc/sys</c>, with slashes: <c>net/ipv4/ip_forward</c>.</param>
    string? Read(string path);

    /// <exception cref="IOException">The setting cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write it.</exception>
    void Write(string path, string value);
}
