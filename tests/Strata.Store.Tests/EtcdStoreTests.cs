using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Etcd;
using Strata.Store.Tests.Contract;
using Strata.Testing;
using Strata.Testing.Etcd;

namespace Strata.Store.Tests;

/// <summary>The contract, and what is etcd's own, against a real etcd.</summary>
public sealed class EtcdStoreTests : RevisionedStoreContract
{
    private EtcdServer? _server;

    private EtcdServer Server => _server!;

    [Fact]
    public async Task Two_stores_on_one_etcd_see_each_others_writes()
    {
        await using var other = await Server.OpenStoreAsync();
        var written = await Written("a", "1");

        Assert.Equal("a=1 c2 m2 v1", (await other.Get("a"))!.Describe());
        Assert.Equal(PutStatus.Conflict, (await other.Put("a", "2", ExpectedRevision.Absent)).Status);
        Assert.Equal(3, (await other.Put("a", "2", written.ModRevision)).Revision);
        Assert.Equal(["2 put a=1 c2 m2 v1", "3 put a=2 c2 m3 v2"], (await Store.Changes("", after: 1, through: 3)).Select(change => change.Describe()));
    }

    [Fact]
    public async Task A_watch_goes_on_without_gap_or_repetition_after_etcd_was_killed()
    {
        await Written("a", "1");
        await using var watch = Store.Watch("", after: 1).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());

        await Server.KillAsync();
        await Server.StartAsync();
        await using (var other = await Server.OpenStoreAsync())
        {
            await other.Put("a", "2");
            await other.Put("a", "3");
        }

        var seen = new List<string>();
        while (seen.Count < 2)
        {
            Assert.True(await watch.MoveNextAsync());
            seen.AddRange(watch.Current.Events.Select(change => change.Describe()));
        }
        Assert.Equal(["3 put a=2 c2 m3 v2", "4 put a=3 c2 m4 v3"], seen);
    }

    [Fact]
    public async Task An_etcd_that_cannot_be_reached_is_named_with_all_its_endpoints()
    {
        await Server.KillAsync();
        var options = Server.StoreOptions with
        {
            Endpoints = [Server.Endpoint, new Uri("https://localhost:1")],
            RequestTimeout = TimeSpan.FromMilliseconds(200),
        };

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync(options));

        Assert.StartsWith($"etcd cannot be reached at {Server.Endpoint.GetLeftPart(UriPartial.Authority)}, https://localhost:1: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_found_no_connection_certainly_did_not_happen()
    {
        await using var store = await OpenAsync(Server.StoreOptions with { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        await Server.KillAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Revision()); // The broken connection has been noticed.

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Put("a", "1"));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Put("a", "1", ExpectedRevision.Absent));
        await Server.StartAsync();
        await Eventually.SucceedsAsync(async () => await store.Put("a", "1", ExpectedRevision.Absent));

        Assert.Equal("a=1 c2 m2 v1", (await Store.Get("a"))!.Describe());
    }

    [Fact]
    public async Task When_one_endpoint_is_down_the_next_serves()
    {
        await using var store = await OpenAsync(Server.StoreOptions with { Endpoints = [new Uri("https://127.0.0.1:1"), Server.Endpoint] });

        Assert.True((await store.Put("a", "1")).IsCommitted);
        Assert.Equal("2 put a=1 c2 m2 v1", (await store.Changes("", after: 1, through: 2))[0].Describe());
    }

    [Fact]
    public async Task An_etcd_of_another_authority_is_not_trusted()
    {
        await using var stranger = await EtcdServer.StartAsync();
        var options = Server.StoreOptions with { AuthorityFile = stranger.AuthorityFile, RequestTimeout = TimeSpan.FromMilliseconds(200) };

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync(options));
    }

    [Fact]
    public async Task Without_a_client_certificate_etcd_does_not_answer()
    {
        var options = Server.StoreOptions with { CertificateFile = null, KeyFile = null, RequestTimeout = TimeSpan.FromMilliseconds(200) };

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync(options));
    }

    [Fact]
    public async Task A_certificate_file_that_is_missing_is_named()
    {
        var error = await Assert.ThrowsAsync<StoreException>(async () => await OpenAsync(Server.StoreOptions with { AuthorityFile = "/nowhere/ca.crt" }));

        Assert.Contains("/nowhere/ca.crt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_etcd_does_not_take_is_refused_with_a_name_for_it()
    {
        await using var small = await EtcdServer.StartAsync(new EtcdServerOptions { MaxRequestBytes = 100_000 });
        await using var store = await small.OpenStoreAsync();

        await Assert.ThrowsAsync<StoreValueTooLargeException>(async () => await store.Put("a", new string('x', 200_000)));
        await Assert.ThrowsAsync<StoreValueTooLargeException>(async () => await store.Put("a", new string('x', 2_000_000), ExpectedRevision.Absent));
        Assert.Equal(1, await store.Revision());
    }

    [Fact]
    public async Task A_full_etcd_refuses_writes_and_says_what_to_do()
    {
        await using var small = await EtcdServer.StartAsync(new EtcdServerOptions { QuotaBytes = 1 << 20 });
        await using var store = await small.OpenStoreAsync();

        var error = await Assert.ThrowsAsync<StoreFullException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await store.Put("same", new string('x', 100_000));
            }
        });

        Assert.Contains("etcdctl alarm disarm", error.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.Get("same"));
    }

    protected override async ValueTask<IRevisionedStore> OpenAsync()
    {
        _server = await EtcdServer.StartAsync();
        return await _server.OpenStoreAsync();
    }

    protected override ValueTask CleanupAsync() => Server.DisposeAsync();

    private static async Task<EtcdStore> OpenAsync(EtcdStoreOptions options) =>
        await EtcdStore.OpenAsync(options, TimeProvider.System, NullLogger<EtcdStore>.Instance, TestContext.Current.CancellationToken);
}
