using Strata.Testing.Etcd;

namespace Strata.Crash.Tests.ApiServers;

public sealed class EtcdApiServerCrashTests
{
    [Fact]
    public async Task Every_object_acknowledged_over_https_is_in_etcd_after_a_kill_and_served_again()
    {
        var members = await Task.WhenAll(Enumerable.Range(0, ApiServerCrashRun.Servers).Select(_ => EtcdServer.StartAsync()));
        var folder = Directory.CreateTempSubdirectory("strata-crash-api-");
        try
        {
            await ApiServerCrashRun.RunAsync(folder.FullName, [.. members.Select(etcd => new VictimStore(VictimStore.Etcd, etcd.Endpoint.ToString(), Path.GetDirectoryName(etcd.AuthorityFile)!))]);
        }
        finally
        {
            await Task.WhenAll(members.Select(etcd => etcd.DisposeAsync().AsTask()));
        }

        folder.Delete(recursive: true);
    }
}
