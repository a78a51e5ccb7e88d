using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Etcd;

namespace Strata.Crash.Tests;

/// <summary>Writes to an etcd that outlives it.</summary>
internal static class EtcdVictim
{
    public const string Command = "etcd-victim";

    public static async Task<int> RunAsync(Uri endpoint, string pki, int seed)
    {
        var options = new EtcdStoreOptions
        {
            Endpoints = [endpoint],
            AuthorityFile = Path.Combine(pki, "ca.crt"),
            CertificateFile = Path.Combine(pki, "client.crt"),
            KeyFile = Path.Combine(pki, "client.key"),
        };
        var print = Victim.Printer();
        await Victim.WaitForGoAsync();
        await using var store = await EtcdStore.OpenAsync(options, TimeProvider.System, NullLogger<EtcdStore>.Instance, CancellationToken.None);
        await WriteLoad.RunAsync(store, 0, seed, write => print(write.ToLine()), CancellationToken.None);
        return 0;
    }
}
