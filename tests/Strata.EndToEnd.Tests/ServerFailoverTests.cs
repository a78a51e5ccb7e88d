using System.Globalization;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Testing;
using Strata.Testing.Etcd;

namespace Strata.EndToEnd.Tests;

/// <summary>Three <c>strata server</c> over an etcd of three members, and the worst for one of each.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class ServerFailoverTests
{
    private const int Writers = 4;
    private static readonly string[] Leases = ["kube-scheduler", "kube-controller-manager"];

    [Fact]
    public async Task Killing_a_server_and_an_etcd_member_loses_no_acknowledged_write_and_the_others_go_on()
    {
        var program = TestCluster.FindProgram(out var reason);
        Assert.SkipWhen(program is null, reason);
        Assert.SkipWhen(!File.Exists("/usr/bin/etcd"), "etcd is not installed");
        await TestLeftovers.SweepOnceAsync(program!);
        using var number = MachineNumber.Take("servers", 250);
        await using var etcd = await EtcdCluster.StartAsync();
        await using var a = new TestServer(program!, "a");
        await using var b = new TestServer(program!, "b");
        await using var c = new TestServer(program!, "c");
        await StartAsync(a, b, c, etcd, number.Value);
        await AssertRefusedWithoutKeysAsync(program!, etcd, number.Value);

        var (onA, onB, onC) = (a.Connect(), b.Connect(), c.Connect());
        await Eventually.TrueAsync(async () => await AddressesAsync(onC) == "192.0.2.1 192.0.2.2 192.0.2.3");
        await onB.CreateAsync(Deployment("before"), CancellationToken.None);
        await UntilPodsAsync(onC, "before");
        await Eventually.TrueAsync(async () => (await HoldersAsync(onC)).All(static holder => holder.StartsWith("a_", StringComparison.Ordinal))); // It was there first.

        // Writes and a watch on A, which dies in the middle of them.
        var followed = new FollowedObjects();
        var following = followed.FollowAsync(onA, CancellationToken.None);
        var ledgers = Enumerable.Range(0, Writers).Select(index => new WriteLedger($"writer-{index}", new Random(index))).ToArray();
        var isKilled = false;
        var writing = ledgers.Select(ledger => ledger.WriteAsync(onA, () => Volatile.Read(ref isKilled), CancellationToken.None)).ToArray();
        await Eventually.TrueAsync(() => ledgers.All(static ledger => ledger.Acknowledged > 20));
        Volatile.Write(ref isKilled, true);
        await a.KillAsync();
        await Task.WhenAll([.. writing, following]);

        // B has all of it, and goes on with the watch and the writes.
        foreach (var ledger in ledgers)
        {
            await ledger.CheckAsync(onB, "on B after A was killed", CancellationToken.None);
        }

        await onB.CreateAsync(Deployment("after"), CancellationToken.None);
        using var stop = new CancellationTokenSource();
        following = followed.FollowAsync(onB, stop.Token);
        writing = [.. ledgers.Select(ledger => GoOnAsync(ledger, onB, stop.Token))];
        await UntilMoreIsAcknowledgedAsync(ledgers);
        await etcd.Members[0].KillAsync();
        await UntilMoreIsAcknowledgedAsync(ledgers);

        // Somebody else leads, and does the work; nobody is sent to A any more.
        await UntilPodsAsync(onC, "after");
        await Eventually.TrueAsync(async () => (await HoldersAsync(onC)).All(static holder => !holder.StartsWith("a_", StringComparison.Ordinal)));
        await Eventually.TrueAsync(async () => await AddressesAsync(onC) == "192.0.2.2 192.0.2.3");

        // A comes back on what it remembers, without being told anything again.
        var again = await a.RunAsync("server", "-d");
        Assert.True(again.ExitCode == 0, again.ToString());
        onA = a.Connect();
        await Eventually.TrueAsync(async () => await AddressesAsync(onA) == "192.0.2.1 192.0.2.2 192.0.2.3");
        await etcd.Members[0].StartAsync();
        await UntilMoreIsAcknowledgedAsync(ledgers);

        // Whoever is asked tells the same in the end, and so did the watch.
        var last = await onA.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Namespace = "default", Name = "last" } }, CancellationToken.None);
        await Eventually.TrueAsync(() => followed.Versions.GetValueOrDefault("last") == last.Metadata.ResourceVersion);
        await stop.CancelAsync();
        await Task.WhenAll([.. writing, following]);
        following = followed.FollowAsync(onC, CancellationToken.None);
        foreach (var client in (KubeClient[])[onA, onB, onC])
        {
            foreach (var ledger in ledgers)
            {
                await ledger.CheckAsync(client, "in the end", CancellationToken.None);
            }

            var listed = (await client.ListAsync<ConfigMap>("default", ListOptions.All, CancellationToken.None)).Items.Select(map => $"{map.Metadata.Name} {map.Metadata.ResourceVersion}").Order().ToList();
            await Eventually.TrueAsync(() => listed.SequenceEqual(followed.Versions.Select(static entry => $"{entry.Key} {entry.Value}").Order()));
        }

        Assert.True(followed.Resumes > 0 || followed.Relists > 0, "the watch never went on");
        await AssertDownHandsOverAsync((await HoldersAsync(onA))[1].StartsWith("b_", StringComparison.Ordinal) ? b : c, onA);
        await following;
    }

    private static async Task StartAsync(TestServer a, TestServer b, TestServer c, EtcdCluster etcd, int number)
    {
        var first = await a.TryStartAsync(etcd, Loopback(number, 1), "192.0.2.1", "--port", "0");
        Assert.True(first.ExitCode == 0, first.ToString());
        var keys = Path.Combine(a.DataDirectory, "keys");
        var exported = await a.RunAsync("server", "keys", "export", keys);
        Assert.True(exported.ExitCode == 0, exported.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keys));

        var others = await Task.WhenAll(b.TryStartAsync(etcd, Loopback(number, 2), "192.0.2.2", "--keys", keys), c.TryStartAsync(etcd, Loopback(number, 3), "192.0.2.3", "--keys", keys));
        Assert.All(others, started => Assert.True(started.ExitCode == 0, started.ToString()));
    }

    private static async Task AssertRefusedWithoutKeysAsync(string program, EtcdCluster etcd, int number)
    {
        await using var stranger = new TestServer(program, "stranger");
        var refused = await stranger.TryStartAsync(etcd, Loopback(number, 4), "192.0.2.4", "--port", "0");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("strata server keys export", refused.Errors, StringComparison.Ordinal);
    }

    /// <summary>A server that is asked to stop leaves at once, where one that is killed has to be waited for.</summary>
    private static async Task AssertDownHandsOverAsync(TestServer leader, KubeClient client)
    {
        var status = await leader.RunAsync("status");
        Assert.Contains($"Leads         kube-controller-manager: {leader.Name}_", status.Output, StringComparison.Ordinal);
        var down = await leader.RunAsync("down");
        Assert.True(down.ExitCode == 0, down.ToString());
        Assert.All(await HoldersAsync(client), holder => Assert.False(holder.StartsWith($"{leader.Name}_", StringComparison.Ordinal), holder));
        await Eventually.TrueAsync(async () => (await AddressesAsync(client)).Split(' ').Length == 2);
    }

    private static async Task GoOnAsync(WriteLedger ledger, KubeClient client, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await ledger.WriteAsync(client, static () => true, cancellationToken); // What fails is open until it is checked, here and in the end.
            await CheckAsync(ledger, client);
        }
    }

    // The server may be looking for another etcd member right now.
    private static async Task CheckAsync(WriteLedger ledger, KubeClient client)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await ledger.CheckAsync(client, "on B", CancellationToken.None);
                return;
            }
            catch (ApiException) when (attempt < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static Task UntilMoreIsAcknowledgedAsync(IReadOnlyList<WriteLedger> ledgers)
    {
        var before = ledgers.Select(static ledger => ledger.Acknowledged).ToList();
        return Eventually.TrueAsync(() => ledgers.Zip(before).All(static pair => pair.First.Acknowledged >= pair.Second + 20));
    }

    private static Task UntilPodsAsync(KubeClient client, string deployment) =>
        Eventually.TrueAsync(async () => (await client.ListAsync<Pod>("default", new ListOptions($"app={deployment}"), CancellationToken.None)).Items.Count == 2);

    private static async Task<string> AddressesAsync(KubeClient client)
    {
        var endpoints = await client.GetAsync<Endpoints>("default", "kubernetes", CancellationToken.None);
        var slice = await client.GetAsync<EndpointSlice>("default", "kubernetes", CancellationToken.None);
        var addresses = string.Join(' ', endpoints.Subsets.SelectMany(static subset => subset.Addresses).Select(static address => address.Ip).Order(StringComparer.Ordinal));
        return addresses == string.Join(' ', slice.Endpoints.SelectMany(static endpoint => endpoint.Addresses).Order(StringComparer.Ordinal)) ? addresses : "they differ";
    }

    private static async Task<IReadOnlyList<string>> HoldersAsync(KubeClient client)
    {
        var holders = new List<string>();
        foreach (var name in Leases)
        {
            holders.Add((await client.GetAsync<Lease>("kube-system", name, CancellationToken.None)).Spec.HolderIdentity ?? "");
        }

        return holders;
    }

    private static string Loopback(int number, int server) => string.Create(CultureInfo.InvariantCulture, $"127.77.{number}.{server}");

    private static Deployment Deployment(string name) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name },
        Spec = new DeploymentSpec
        {
            Replicas = 2,
            Selector = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = name } },
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = name } },
                Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "strata.local/none:v1" }] },
            },
        },
    };
}
