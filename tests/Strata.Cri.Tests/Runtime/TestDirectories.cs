using System.Diagnostics;

namespace Strata.Cri.Tests.Runtime;

/// <summary>Directories, a bridge name and an address range that no other test process uses at the same time.</summary>
public sealed class TestDirectories
{
    private readonly string _bridge;
    private readonly int _subnet;

    public TestDirectories(string name)
    {
        Base = Directory.CreateTempSubdirectory($"strata-cri-{name}-").FullName;
        var unique = (Environment.ProcessId * 31 + name.Sum(c => c)) & 0xffff;
        _bridge = $"scri{unique:x4}";
        _subnet = unique & 0xff;
        Options = new ContainerdOptions
        {
            RootDirectory = Path.Combine(Base, "root"),
            StateDirectory = ContainerdOptions.ShortStateDirectory("/run/strata-tests", Base),
            CniConfDirectory = Path.Combine(Base, "cni"),
            CgroupParent = $"/strata-cri-tests-{Environment.ProcessId}-{name}",
        };
    }

    public string Base { get; }

    public ContainerdOptions Options { get; }

    public void WriteCniConfiguration()
    {
        Directory.CreateDirectory(Options.CniConfDirectory);
        File.WriteAllText(Path.Combine(Options.CniConfDirectory, "10-test.conflist"), $$"""
            {
              "cniVersion": "0.4.0", "name": "{{_bridge}}",
              "plugins": [
                {
                  "type": "bridge", "bridge": "{{_bridge}}", "isGateway": true, "ipMasq": false,
                  "ipam": {
                    "type": "host-local", "dataDir": "{{Base}}/ipam", "ranges": [[{ "subnet": "10.251.{{_subnet}}.0/24" }]],
                    "routes": [{ "dst": "0.0.0.0/0" }]
                  }
                },
                { "type": "loopback" }
              ]
            }
            """);
    }

    /// <summary>The CNI bridge plug-in never removes its bridge.</summary>
    public void Delete()
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", ["link", "delete", _bridge]) { RedirectStandardError = true });
        ip?.WaitForExit();
        Directory.Delete(Base, recursive: true);
    }
}
