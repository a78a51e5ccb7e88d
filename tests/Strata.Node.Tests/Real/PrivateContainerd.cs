using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Cri;
using Strata.Cri.Images;
using Strata.NodeAgent.Tests.Real;
using Strata.Testing;

[assembly: AssemblyFixture(typeof(PrivateContainerd))]

namespace Strata.NodeAgent.Tests.Real;

/// <summary>A real containerd for the test run, with folders, bridge and address range of its own.</summary>
public sealed class PrivateContainerd : IAsyncLifetime
{
    private readonly string _base = Directory.CreateTempSubdirectory("strata-node-cri-").FullName;
    private readonly MachineNumber _number = MachineNumber.Take("node", 256);
    private ContainerdProcess? _process;

    public static bool IsPossible => System.Environment.UserName == "root" && File.Exists("/usr/bin/containerd") && File.Exists("/bin/busybox") && Directory.Exists("/usr/lib/cni");

    public static string WhyNot => "needs root, containerd, runc, the CNI plug-ins and busybox-static";

    public CriClient Client => _process?.Client ?? throw new InvalidOperationException(WhyNot);

    public static string CgroupRoot => $"strata-node-tests-{System.Environment.ProcessId}";

    public async ValueTask InitializeAsync()
    {
        if (!IsPossible)
        {
            return;
        }

        var token = TestContext.Current.CancellationToken;
        var options = new ContainerdOptions
        {
            RootDirectory = Path.Combine(_base, "root"),
            StateDirectory = ContainerdOptions.ShortStateDirectory("/run/strata-tests", _base),
            CniConfDirectory = Path.Combine(_base, "cni"),
        };
        await DeleteBridgeAsync(); // Of a killed run that had the same number.
        WriteCniConfiguration(options.CniConfDirectory);
        _process = await ContainerdProcess.StartAsync(options, NullLogger<ContainerdProcess>.Instance, TimeProvider.System, token);
        var importer = new ImageImporter(Client, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        await importer.ImportAsync(await PauseImage.BuildAsync(token), token);
        var builder = await new OciImageBuilder(Given.Image, new OciImageSettings { Command = ["sh"] }).AddBusyboxAsync(token);
        await importer.ImportAsync(await builder.BuildAsync(token), token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync(removeContainers: true, CancellationToken.None);
            await _process.DisposeAsync();
            await DeleteBridgeAsync();
            Linux.CgroupTree.TryRemove("/" + CgroupRoot);
        }

        _number.Dispose();
        Directory.Delete(_base, recursive: true);
    }

    private string Bridge => $"snod{_number.Value}";

    private async Task DeleteBridgeAsync()
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", ["link", "delete", Bridge]) { RedirectStandardError = true });
        await ip!.WaitForExitAsync();
    }

    private void WriteCniConfiguration(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "10-test.conflist"), $$"""
            {
              "cniVersion": "0.4.0", "name": "{{Bridge}}",
              "plugins": [
                {
                  "type": "bridge", "bridge": "{{Bridge}}", "isGateway": true, "ipMasq": false,
                  "ipam": { "type": "host-local", "dataDir": "{{_base}}/ipam", "ranges": [[{ "subnet": "10.252.{{_number.Value}}.0/24" }]], "routes": [{ "dst": "0.0.0.0/0" }] }
                },
                { "type": "portmap", "capabilities": { "portMappings": true } }
              ]
            }
            """);
    }
}
