using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Status;

/// <summary>Identity of the machine and its software.</summary>
internal static class NodeInfoReader
{
    public static NodeSystemInfo Read(NodeAgentOptions options, RuntimeInfo runtime)
    {
        var machineId = Text("/etc/machine-id");
        return new NodeSystemInfo
        {
            MachineID = machineId,
            SystemUUID = Text("/sys/class/dmi/id/product_uuid") is { Length: > 0 } uuid ? uuid : machineId,
            BootID = Text("/proc/sys/kernel/random/boot_id"),
            KernelVersion = Text("/proc/sys/kernel/osrelease"),
            OsImage = OsImage(),
            ContainerRuntimeVersion = $"{runtime.Name}://{runtime.Version}",
            KubeletVersion = options.Version,
            KubeProxyVersion = options.Version,
            OperatingSystem = "linux",
            Architecture = NodeLabels.Architecture,
        };
    }

    private static string OsImage()
    {
        const string Key = "PRETTY_NAME=";
        var line = File.Exists("/etc/os-release") ? File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? "Linux" : line[Key.Length..].Trim('"');
    }

    private static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // Some virtual machines show the file and refuse to read it.
        }
    }
}
