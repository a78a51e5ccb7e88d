namespace Strata.Network.Linux;

/// <inheritdoc cref="ISysctl"/>
internal sealed class ProcSysctl : ISysctl
{
    public string? Read(string path)
    {
        var file = "/proc/sys/" + path;
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    public void Write(string path, string value) => File.WriteAllText("/proc/sys/" + path, value);
}
