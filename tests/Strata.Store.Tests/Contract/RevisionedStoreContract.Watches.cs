namespace Strata.Store.Tests.Contract;

public abstract partial class RevisionedStoreContract
{
    [Fact]
    public async Task A_watch_tells_the_past_and_then_the_present_in_order()
    {
        await Written("a", "1");
        await Written("b", "1");
        await using var watch = Store.Watch("", after: 2).GetAsyncEnumerator();
        Assert.Equal(["3 put b=1 c3 m3 v1"], await Next(watch));

        await Written("a", "2");

        Assert.Equal(["4 put a=2 c2 m4 v2"], await Next(watch));
        Assert.Equal(4, watch.Current.Revision);
    }

    [Fact]
    public async Task The_first_batch_comes_at_once_even_if_there_is_nothing_to_tell()
    {
        await Written("a", "1");
        await using var watch = Store.Watch("quiet/", after: 2).GetAsyncEnumerator();

        Assert.Empty(await Next(watch));
        Assert.Equal(2, watch.Current.Revision);
    }

    [Fact]
    public async Task A_deletion_shows_the_last_contents_live_and_from_the_log()
    {
        await Written("a", "1");
        await Written("a", "2");
        await using var watch = Store.Watch("", after: 3).GetAsyncEnumerator();
        Assert.Empty(await Next(watch));

        await Store.Delete("a");

        Assert.Equal(["4 delete a=2 c2 m3 v2"], await Next(watch));
        Assert.Equal(["4 delete a=2 c2 m3 v2"], (await Store.Changes("", after: 3, through: 4)).Select(change => change.Describe()));
    }

    [Fact]
    public async Task A_watch_sees_only_its_range()
    {
        await using var watch = Store.Watch("a/", after: 1).GetAsyncEnumerator();
        Assert.Empty(await Next(watch));

        await Written("b/1", "1");
        await Written("a/1", "1");

        Assert.Equal(["3 put a/1=1 c3 m3 v1"], await Next(watch));
        Assert.Single(await Store.Changes("a/", after: 1, through: 3));
    }

    [Fact]
    public async Task A_watch_may_begin_in_the_future()
    {
        await using var watch = Store.Watch("", after: 3).GetAsyncEnumerator();
        Assert.Empty(await Next(watch));

        await Written("a", "1");
        await Written("b", "1");
        await Written("c", "1");

        var seen = new List<string>();
        while (!seen.Contains("4 put c=1 c4 m4 v1"))
        {
            seen.AddRange(await Next(watch));
        }
        Assert.Single(seen);
    }

    [Fact]
    public async Task Only_the_first_put_of_a_key_is_a_create()
    {
        await Written("a", "1");
        await Written("a", "2");
        await Store.Delete("a");
        await Written("a", "3");

        Assert.Equal([true, false, false, true], (await Store.Changes("", 1, 5)).Select(change => change.IsCreate));
    }

    [Fact]
    public async Task A_quiet_watch_answers_a_progress_request()
    {
        await using var quiet = Store.Watch("quiet/", after: 1).GetAsyncEnumerator();
        Assert.Empty(await Next(quiet));
        await Written("busy/1", "1");

        var next = Next(quiet);
        Assert.False(next.IsCompleted);
        await Store.RequestProgressAsync(KeyRange.Prefix("quiet/".Utf8()), 2, TestContext.Current.CancellationToken);

        Assert.Empty(await next);
        Assert.Equal(2, quiet.Current.Revision);
    }

    [Fact]
    public async Task Progress_for_a_revision_to_come_is_told_when_it_has_come()
    {
        await using var quiet = Store.Watch("quiet/", after: 1).GetAsyncEnumerator();
        Assert.Empty(await Next(quiet));
        var next = Next(quiet);
        await Store.RequestProgressAsync(KeyRange.All, 3, TestContext.Current.CancellationToken);

        await Written("busy/1", "1");
        Assert.False(next.IsCompleted);
        await Written("busy/1", "2");

        Assert.Empty(await next);
        Assert.Equal(3, quiet.Current.Revision);
    }

    [Fact]
    public async Task A_reader_that_falls_far_behind_still_sees_everything_in_order()
    {
        await using var slow = Store.Watch("", after: 1).GetAsyncEnumerator();
        Assert.Empty(await Next(slow));
        for (var round = 0; round < 50; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Store.Put($"k{i}", $"{round}").AsTask()));
        }

        var revisions = new List<long>();
        while (revisions.Count < 5000)
        {
            Assert.True(await slow.MoveNextAsync());
            revisions.AddRange(slow.Current.Events.Select(change => change.Revision));
        }

        Assert.Equal(Enumerable.Range(2, 5000).Select(i => (long)i), revisions);
    }

    [Fact]
    public async Task A_reader_that_falls_behind_the_compaction_floor_is_told()
    {
        await using var slow = Store.Watch("", after: 1).GetAsyncEnumerator();
        Assert.Empty(await Next(slow));
        for (var round = 0; round < 30; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Store.Put($"k{i}", $"{round}").AsTask()));
        }
        await Store.Compact(3000);

        await Assert.ThrowsAsync<CompactedException>(async () =>
        {
            while (await slow.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task Watchers_among_writers_see_every_change_once_and_in_order()
    {
        const int Writes = 2000;
        var watchers = Enumerable.Range(0, 5).Select(_ => Store.Changes("", after: 1, through: Writes + 1)).ToList();
        var late = Task.Run(async () => await Store.Changes("", after: await Store.Revision() / 2, through: Writes + 1));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async writer =>
        {
            for (var i = 0; i < Writes / 20; i++)
            {
                await Store.Put($"k{(writer * i) % 37}", $"{writer}/{i}");
            }
        }));

        foreach (var watcher in watchers)
        {
            Assert.Equal(Enumerable.Range(2, Writes).Select(i => (long)i), (await watcher).Select(change => change.Revision));
        }
        var seen = (await late).Select(change => change.Revision).ToList();
        Assert.Equal(Enumerable.Range((int)seen[0], seen.Count).Select(i => (long)i), seen);
        Assert.Equal(Writes + 1, seen[^1]);
    }

    [Fact]
    public async Task Cancelling_ends_a_watch()
    {
        using var stop = new CancellationTokenSource();
        await using var watch = Store.WatchAsync(KeyRange.All, 1, stop.Token).GetAsyncEnumerator();
        Assert.Empty(await Next(watch));
        var next = Next(watch);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_closed_store_ends_its_watches_and_refuses_calls()
    {
        await using var watch = Store.Watch("", after: 1).GetAsyncEnumerator();
        Assert.Empty(await Next(watch));
        var next = Next(watch);

        await Store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Store.Put("a", "1"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Store.List(""));
        await Store.DisposeAsync();
    }

    private static async Task<List<string>> Next(IAsyncEnumerator<WatchBatch> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return [.. watch.Current.Events.Select(change => change.Describe())];
    }
}
