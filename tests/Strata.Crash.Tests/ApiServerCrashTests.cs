using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Http;
using Strata.Hosting.Certificates;
using Strata.Store;
using Strata.Store.Sqlite;

namespace Strata.Crash.Tests;

/// <summary>The whole way: clients over HTTPS, the API server, its store. The server is killed, and its store and then its successor are asked what is there.</summary>
public sealed class ApiServerCrashTests
{
    private const int Writers = 8;
    private const int MostWrites = 150;
    private const string Prefix = "/registry/configmaps/default/";

    private readonly Dictionary<long, (string Name, string Nonce)> _pending = []; // Guarded by itself.
    private readonly Dictionary<string, (long Revision, string Nonce)> _current = [];
    private readonly HashSet<string> _nonces = [];
    private long _revision = 1;
    private int _acknowledged;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_object_acknowledged_over_https_is_there_after_a_kill_and_served_again()
    {
        var random = Rounds.Chance();
        var folder = Directory.CreateTempSubdirectory("strata-crash-api-");
        var authority = ApiServerVictim.Authority(folder.FullName);
        var identity = authority.Issue(CertificateRequestInfo.Client("crash", "system:masters"));
        var next = Victim.Start(ApiServerVictim.Command, folder.FullName);
        for (var round = 0; round < Rounds.Etcd; round++)
        {
            using var victim = next;
            next = Victim.Start(ApiServerVictim.Command, folder.FullName);
            victim.Go();
            var port = await victim.ReadLineAsync(Token);
            var client = new KubeConfig(new Uri($"https://127.0.0.1:{port}"), authority.CertificatePem, identity.CertificatePem, identity.KeyPem, null).CreateClient("crash");
            await CheckServedAsync(client);
            await WriteAndKillAsync(victim, client, random.Next(), random.Next(1, MostWrites));
            await CheckStoredAsync(Path.Combine(folder.FullName, "state.db"));
        }

        next.Dispose();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Rounds.Etcd} kills, {_acknowledged} acknowledged writes all there");
        Assert.True(_acknowledged > Rounds.Etcd);
        folder.Delete(recursive: true);
    }

    private async Task WriteAndKillAsync(Victim victim, KubeClient client, int seed, int enough)
    {
        using var dead = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(client, writer, new Random(HashCode.Combine(seed, writer)), () =>
        {
            if (Interlocked.Increment(ref count) == enough)
            {
                reached.TrySetResult();
            }
        }, dead.Token)).ToList();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token);
        await victim.KillAsync(Token);
        await dead.CancelAsync();
        await Task.WhenAll(writers);
    }

    // Each writer has names of its own and ends with the server.
    private async Task WriteAsync(KubeClient client, int writer, Random random, Action acknowledged, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var wanted = new ConfigMap
                {
                    Metadata = new ObjectMeta { Namespace = "default", Name = string.Create(CultureInfo.InvariantCulture, $"w{writer}-{random.Next(10)}") },
                    Data = new Dictionary<string, string> { ["nonce"] = random.NextInt64().ToString(CultureInfo.InvariantCulture), ["fill"] = new string('v', random.Next(2000)) },
                };
                var written = await WriteAsync(client, wanted, cancellationToken);
                lock (_pending)
                {
                    _pending.Add(long.Parse(written.Metadata.ResourceVersion, CultureInfo.InvariantCulture), (written.Metadata.Name, written.Data["nonce"]));
                }

                acknowledged();
            }
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException or HttpRequestException or IOException)
        {
            // The server is dead. What was under way may be there or not.
        }
    }

    private static async Task<ConfigMap> WriteAsync(KubeClient client, ConfigMap wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CreateAsync(wanted, cancellationToken);
        }
        catch (ApiException taken) when (taken.IsAlreadyExists)
        {
            return await client.UpdateAsync(wanted, null, cancellationToken);
        }
    }

    private async Task CheckStoredAsync(string path)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = path }, NullLogger<SqliteStore>.Instance);
        var revision = await store.GetCurrentRevisionAsync(Token);
        await foreach (var batch in store.WatchAsync(KeyRange.All, _revision, Token))
        {
            foreach (var change in batch.Events)
            {
                Assert.Equal(_revision + 1, change.Revision);
                _revision = change.Revision;
                Follow(change);
            }

            if (batch.Revision >= revision)
            {
                break;
            }
        }

        Assert.True(_pending.Count == 0, $"acknowledged, but lost: {string.Join(", ", _pending.Take(5))}");
    }

    private void Follow(StoreEvent change)
    {
        var key = Encoding.UTF8.GetString(change.Entry.Key.Span);
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || change.Kind != StoreEventKind.Put)
        {
            return;
        }

        using var stored = JsonDocument.Parse(change.Entry.Value); // Half an object would not parse.
        var (name, nonce) = (key[Prefix.Length..], stored.RootElement.GetProperty("data").GetProperty("nonce").GetString()!);
        Assert.True(_nonces.Add(nonce), $"written twice: {name} at {change.Revision}");
        _current[name] = (change.Revision, nonce);
        if (_pending.Remove(change.Revision, out var write))
        {
            Assert.Equal(write, (name, nonce));
            _acknowledged++;
        }
    }

    private async Task CheckServedAsync(KubeClient client)
    {
        var listed = await client.ListAsync<ConfigMap>("default", ListOptions.All, Token);
        var served = listed.Items.Where(item => item.Metadata.Name.StartsWith('w')).ToDictionary(
            item => item.Metadata.Name, item => (long.Parse(item.Metadata.ResourceVersion, CultureInfo.InvariantCulture), item.Data["nonce"]));
        Assert.Equal(_current.OrderBy(pair => pair.Key, StringComparer.Ordinal), served.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }
}
