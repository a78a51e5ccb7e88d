using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store.Etcd;
using Strata.Testing;
using Strata.Testing.Etcd;

namespace Strata.Store.Tests;

/// <summary>What a store says of a write when the connection breaks before the answer. A second store, on a link of its own, is the witness.</summary>
public sealed class EtcdLostAnswerTests : IAsyncLifetime
{
    private EtcdServer _server = null!;
    private FaultyLink _link = null!;
    private EtcdStore _store = null!;
    private EtcdStore _witness = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EtcdServer.StartAsync();
        _link = new FaultyLink(_server.Endpoint);
        _store = await EtcdStore.OpenAsync(
            _server.StoreOptions with { Endpoints = [_link.Endpoint] }, TimeProvider.System, NullLogger<EtcdStore>.Instance, TestContext.Current.CancellationToken);
        _witness = await _server.OpenStoreAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _witness.DisposeAsync();
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_create_that_happened_is_found_and_acknowledged()
    {
        _link.LosesAnswers = true;
        var put = _store.Put("a", "unique", ExpectedRevision.Absent).AsTask();
        await Eventually.TrueAsync(async () => await _witness.Get("a") is not null);
        Heal();

        var outcome = await put;

        Assert.Equal("a=unique c2 m2 v1", outcome.Entry!.Describe());
        Assert.Equal((PutStatus.Committed, 2L), (outcome.Status, outcome.Revision));
        Assert.Equal(2, await _witness.Revision());
    }

    [Fact]
    public async Task A_create_is_found_even_if_it_has_been_changed_since()
    {
        _link.LosesAnswers = true;
        var put = _store.Put("a", "unique", ExpectedRevision.Absent).AsTask();
        await Eventually.TrueAsync(async () => await _witness.Get("a") is not null);
        await _witness.Put("a", "later");
        Heal();

        Assert.Equal((PutStatus.Committed, 2L), ((await put).Status, (await put).Revision));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_that_never_arrived_is_sent_again_and_happens_once(bool isUpdate)
    {
        var before = isUpdate ? (await _witness.Put("a", "0")).Revision : ExpectedRevision.Absent;
        var put = await LoseRequestOf(() => _store.Put("a", "1", before));

        Heal();

        Assert.True((await put).IsCommitted);
        Assert.Equal(before == 0 ? "a=1 c2 m2 v1" : "a=1 c2 m3 v2", (await _witness.Get("a"))!.Describe());
    }

    [Fact]
    public async Task A_write_that_never_arrived_and_that_another_overtook_has_lost()
    {
        await _witness.Put("a", "0");
        var put = await LoseRequestOf(() => _store.Put("a", "1", 2));
        await _witness.Put("a", "2", 2);

        Heal();

        var outcome = await put;
        Assert.Equal(PutStatus.Conflict, outcome.Status);
        Assert.Equal("a=2 c2 m3 v2", outcome.Entry!.Describe());
    }

    [Fact]
    public async Task An_update_that_may_be_ours_or_anothers_is_uncertain()
    {
        await _witness.Put("a", "0");
        _link.LosesAnswers = true;
        var put = _store.Put("a", "1", 2).AsTask();
        await Eventually.TrueAsync(async () => (await _witness.Get("a"))!.Version == 2);
        Heal();

        await Assert.ThrowsAsync<UncertainWriteException>(() => put);
        Assert.Equal("a=1 c2 m3 v2", (await _witness.Get("a"))!.Describe());
    }

    [Fact]
    public async Task A_deletion_whose_answer_was_lost_is_uncertain_and_happens_once()
    {
        await _witness.Put("a", "0");
        _link.LosesAnswers = true;
        var delete = _store.Delete("a", 2).AsTask();
        await Eventually.TrueAsync(async () => await _witness.Get("a") is null);
        Heal();

        await Assert.ThrowsAsync<UncertainWriteException>(() => delete);
        Assert.Equal(3, await _witness.Revision());
    }

    [Fact]
    public async Task An_unconditional_write_is_never_sent_twice()
    {
        _link.LosesAnswers = true;
        var put = _store.Put("a", "1").AsTask();
        await Eventually.TrueAsync(async () => await _witness.Get("a") is not null);
        Heal();

        await Assert.ThrowsAsync<UncertainWriteException>(() => put);
        Assert.Equal("a=1 c2 m2 v1", (await _witness.Get("a"))!.Describe());
        Assert.Equal(2, await _store.Revision());
    }

    [Fact]
    public async Task A_watch_behind_the_compaction_floor_is_told()
    {
        await _witness.Put("a", "1");
        await using var watch = _store.Watch("", after: 2).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        _link.Refuses = true;
        _link.Break();
        for (var i = 0; i < 10; i++)
        {
            await _witness.Put("a", $"{i}");
        }
        await _witness.Compact(8);
        _link.Refuses = false;

        var error = await Assert.ThrowsAsync<CompactedException>(async () => await watch.MoveNextAsync());

        Assert.Equal((2, 8), (error.Revision, error.Floor));
        Assert.Equal([9, 10, 11, 12], (await _store.Changes("", after: 8, through: 12)).Select(change => (int)change.Revision));
    }

    private async Task<Task<T>> LoseRequestOf<T>(Func<ValueTask<T>> write)
    {
        _link.LosesRequests = true;
        var lost = _link.LostBytes;
        var running = write().AsTask();
        await Eventually.TrueAsync(() => _link.LostBytes > lost);
        return running;
    }

    private void Heal()
    {
        // Broken first, so that nothing of the old connections gets through once it could.
        _link.Refuses = true;
        _link.Break();
        _link.LosesAnswers = _link.LosesRequests = false;
        _link.Refuses = false;
    }
}
