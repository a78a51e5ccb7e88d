using System.Diagnostics;
using Strata.Testing;

namespace Strata.Cri.Tests.Runtime;

/// <summary>Directories, a bridge name and an address range that no other test process uses at the same time.</summary>
public sealed class TestDirectories
{
    private readonly MachineNumber _number = MachineNumber.Take("cri", 256);

    public TestDirectories(string name)
    {
        Base = Directory.CreateTempSubdirectory($"strata-cri-{name}-").FullName;
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

    private string Bridge => $"scri{_number.Value}";

    public void WriteCniConfiguration()
    {
        DeleteBridge(); // Of a killed run that had the same number.
        Directory.CreateDirectory(Options.CniConfDirectory);
        File.WriteAllText(Path.Combine(Options.CniConfDirectory, "10-test.conflist"), $$"""
            {
              "cniVersion": "0.4.0", "name": "{{Bridge}}",
              "plugins": [
                {
                  "type": "bridge", "bridge": "{{Bridge}}", "isGateway": true, "ipMasq": false,
                  "ipam": {
                    "type": "host-local", "dataDir": "{{Base}}/ipam", "ranges": [[{ "subnet": "10.251.{{_number.Value}}.0/24" }]],
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
        DeleteBridge();
        _number.Dispose();
        Directory.Delete(Base, recursive: true);
    }

    private void DeleteBridge()
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", ["link", "delete", Bridge]) { RedirectStandardError = true });
        ip?.WaitForExit();
    }
}
