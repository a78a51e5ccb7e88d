using System.Buffers;
using System.Text;
using Strata.ApiServer.Cache;

namespace Strata.ApiServer.Tests.Cache;

public sealed class WatchCacheTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_shows_every_acknowledged_write_once_the_cache_has_caught_up()
    {
        await using var given = await CacheFixture.StartAsync();
        await given.PutPod("a", node: "n1");
        await given.PutPod("b", ns: "other");
        await given.DeletePod("b", ns: "other");

        var snapshot = await given.ConsistentSnapshot();

        var entry = Assert.Single(snapshot.All());
        Assert.Equal((4, 1), (snapshot.Revision, snapshot.Count));
        Assert.Equal(("default", "a", "web", "n1"), (entry.Namespace, entry.Name, entry.Labels["app"], entry.Fields["spec.nodeName"]));
        Assert.Equal(2, entry.Revision);
        Assert.Contains("\"resourceVersion\":\"2\"", Text(entry.Json), StringComparison.Ordinal);
        Assert.Same(entry, snapshot.Get(CacheFixture.Key("a")));
        Assert.Null(snapshot.Get(CacheFixture.Key("b", "other")));
    }

    [Fact]
    public async Task A_cache_that_starts_late_lists_what_is_there_over_many_pages()
    {
        await using var given = await CacheFixture.StartAsync();
        await given.Store.BreakWatches();
        for (var i = 0; i < 1234; i++)
        {
            await given.PutPod($"p{i}");
        }
        given.Store.Mend();

        Assert.Equal(1234, (await given.ConsistentSnapshot()).Count);
    }

    [Fact]
    public async Task A_quiet_kind_does_not_hold_up_a_consistent_read()
    {
        await using var given = await CacheFixture.StartAsync();
        var revision = await given.PutRaw("/registry/configmaps/default/a", "{}");

        await given.Cache.WaitUntilAsync(revision, Token);

        Assert.Equal(revision, given.Cache.Snapshot().Revision);
    }

    [Fact]
    public async Task Waiting_for_a_revision_to_come_ends_when_it_comes_or_the_caller_leaves()
    {
        await using var given = await CacheFixture.StartAsync();
        using var leave = new CancellationTokenSource();
        var patient = given.Cache.WaitUntilAsync(3, Token).AsTask();
        var hasty = given.Cache.WaitUntilAsync(3, leave.Token).AsTask();

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hasty);
        await given.PutPod("a");
        Assert.False(patient.IsCompleted);
        await given.PutRaw("/registry/configmaps/default/a", "{}");

        await patient;
    }

    [Fact]
    public async Task A_namespace_is_listed_in_order_and_page_by_page()
    {
        await using var given = await CacheFixture.StartAsync();
        foreach (var (ns, name) in ((string, string)[])[("b", "2"), ("a", "1"), ("b", "10"), ("b-2", "1"), ("c", "1"), ("b", "1")])
        {
            await given.PutPod(name, ns);
        }
        var snapshot = await given.ConsistentSnapshot();

        Assert.Equal(["1", "10", "2"], snapshot.WithPrefix($"{CacheFixture.Prefix}b/").Select(entry => entry.Name));
        Assert.Equal(
            ["10", "2"], snapshot.WithPrefix($"{CacheFixture.Prefix}b/", after: CacheFixture.Key("1", "b")).Select(entry => entry.Name));
        Assert.Equal(6, snapshot.WithPrefix(CacheFixture.Prefix).Count());
    }

    [Fact]
    public async Task A_snapshot_does_not_change_when_the_cache_does()
    {
        await using var given = await CacheFixture.StartAsync();
        await given.PutPod("a");
        var before = await given.ConsistentSnapshot();

        await given.PutPod("a", phase: "Running");
        await given.PutPod("b");
        await given.ConsistentSnapshot();

        Assert.Equal("Pending", Assert.Single(before.All()).Fields["status.phase"]);
    }

    [Fact]
    public async Task A_watch_gets_the_recent_past_and_then_the_present()
    {
        await using var given = await CacheFixture.StartAsync();
        await given.PutPod("a"); // 2
        await given.PutPod("b"); // 3
        await given.PutPod("a", phase: "Running"); // 4
        await given.ConsistentSnapshot();
        using var watch = given.Subscribe(after: 2);
        await given.DeletePod("a"); // 5

        Assert.Equal("3 Added b", await CacheFixture.Next(watch));
        Assert.Equal("4 Modified a", await CacheFixture.Next(watch));
        Assert.Equal("5 Deleted a", await CacheFixture.Next(watch));
    }

    [Fact]
    public async Task An_event_carries_the_object_before_and_after()
    {
        await using var given = await CacheFixture.StartAsync();
        using var watch = given.Subscribe(after: 1);
        await given.PutPod("a");
        await given.PutPod("a", phase: "Running");
        await given.DeletePod("a");

        var added = await watch.Events.ReadAsync(Token);
        var modified = await watch.Events.ReadAsync(Token);
        var deleted = await watch.Events.ReadAsync(Token);

        Assert.Null(added.PreviousEntry);
        Assert.Same(added.Entry, modified.PreviousEntry);
        Assert.Same(modified.Entry, deleted.PreviousEntry);
        Assert.Equal("Running", deleted.Entry.Fields["status.phase"]);
        Assert.Contains("\"resourceVersion\":\"4\"", Text(deleted.Entry.Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watchers_share_one_event()
    {
        await using var given = await CacheFixture.StartAsync();
        using var one = given.Subscribe(after: 1);
        using var two = given.Subscribe(after: 1, entry => entry.Name == "a");
        await given.PutPod("a");

        Assert.Same(await one.Events.ReadAsync(Token), await two.Events.ReadAsync(Token));
    }

    [Fact]
    public async Task A_selecting_watch_sees_objects_come_and_go()
    {
        await using var given = await CacheFixture.StartAsync();
        using var watch = given.Subscribe(after: 1, entry => entry.Fields["spec.nodeName"] == "n1");
        using var same = given.Subscribe(after: 1, entry => entry.Fields["spec.nodeName"] == "n1");
        await given.PutPod("a"); // 2, elsewhere
        await given.PutPod("a", node: "n1"); // 3, comes
        await given.PutPod("a", node: "n1", phase: "Running"); // 4, stays
        await given.PutPod("a", node: "n2"); // 5, goes
        await given.DeletePod("a"); // 6, elsewhere
        await given.PutPod("b", node: "n1"); // 7
        await given.DeletePod("b"); // 8

        Assert.Equal("3 Added a", await CacheFixture.Next(watch));
        Assert.Equal("4 Modified a", await CacheFixture.Next(watch));
        var gone = await watch.Events.ReadAsync(Token);
        Assert.Equal("5 Deleted a", CacheFixture.Describe(gone));
        Assert.Equal(("n1", "Running"), (gone.Entry.Fields["spec.nodeName"], gone.Entry.Fields["status.phase"]));
        Assert.Contains("\"resourceVersion\":\"5\"", Text(gone.Entry.Json), StringComparison.Ordinal);
        Assert.Equal("7 Added b", await CacheFixture.Next(watch));
        Assert.Equal("8 Deleted b", await CacheFixture.Next(watch));
        await same.Events.ReadAsync(Token);
        await same.Events.ReadAsync(Token);
        Assert.Same(gone, await same.Events.ReadAsync(Token));
    }

    [Fact]
    public async Task A_watch_from_a_revision_that_was_dropped_is_too_old()
    {
        await using var given = await CacheFixture.StartAsync(recentEvents: 3);
        for (var i = 0; i < 5; i++)
        {
            await given.PutPod($"p{i}"); // 2 to 6
        }
        await given.ConsistentSnapshot();

        Assert.False(given.Cache.TrySubscribe(2, null, out _));
        using var watch = given.Subscribe(after: 3);
        Assert.Equal("4 Added p2", await CacheFixture.Next(watch));
    }

    [Fact]
    public async Task Large_objects_shorten_the_remembered_past()
    {
        await using var given = await CacheFixture.StartAsync(recentEventBytes: 1000);
        for (var i = 0; i < 5; i++)
        {
            await given.PutPod("p", app: new string('x', 400));
        }
        var revision = (await given.ConsistentSnapshot()).Revision;

        Assert.False(given.Cache.TrySubscribe(revision - 3, null, out _));
        given.Subscribe(revision - 1).Dispose();
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_is_closed_and_the_others_go_on()
    {
        await using var given = await CacheFixture.StartAsync(backlog: 10);
        using var slow = given.Subscribe(after: 1);
        using var quick = given.Subscribe(after: 1);
        for (var i = 0; i < 11; i++)
        {
            await given.PutPod($"p{i}");
            Assert.Equal($"{i + 2} Added p{i}", await CacheFixture.Next(quick));
        }

        Assert.Equal(10, (await slow.Events.ReadAllAsync(Token).ToListAsync(Token)).Count);
        Assert.Equal(SubscriptionState.TooSlow, slow.State);
        Assert.Equal(SubscriptionState.Open, quick.State);
    }

    [Fact]
    public async Task A_long_past_does_not_make_its_reader_slow()
    {
        await using var given = await CacheFixture.StartAsync(backlog: 10);
        for (var i = 0; i < 100; i++)
        {
            await given.PutPod($"p{i}");
        }
        await given.ConsistentSnapshot();

        using var watch = given.Subscribe(after: 1);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"{i + 2} Added p{i}", await CacheFixture.Next(watch));
        }
    }

    [Fact]
    public async Task A_bookmark_is_given_only_when_everything_before_it_was_read()
    {
        await using var given = await CacheFixture.StartAsync();
        using var watch = given.Subscribe(after: 1);
        await given.PutPod("a"); // 2
        await given.PutRaw("/registry/configmaps/default/a", "{}"); // 3
        await given.ConsistentSnapshot();

        Assert.False(watch.TryGetBookmark(out _));
        await CacheFixture.Next(watch);

        Assert.True(watch.TryGetBookmark(out var revision));
        Assert.Equal(3, revision);
    }

    [Fact]
    public async Task A_watch_that_begins_in_the_future_waits_for_it()
    {
        await using var given = await CacheFixture.StartAsync();
        using var watch = given.Subscribe(after: 3);
        await given.PutPod("a"); // 2
        await given.PutPod("b"); // 3
        await given.PutPod("c"); // 4

        Assert.Equal("4 Added c", await CacheFixture.Next(watch));
    }

    [Fact]
    public async Task When_the_stores_watch_fails_open_watches_get_the_difference_and_old_ones_must_list()
    {
        await using var given = await CacheFixture.StartAsync();
        await given.PutPod("kept"); // 2
        await given.PutPod("changed"); // 3
        await given.PutPod("gone"); // 4
        await given.ConsistentSnapshot();
        using var watch = given.Subscribe(after: 4);

        await given.Store.BreakWatches();
        await given.PutPod("changed", phase: "Running"); // 5
        await given.DeletePod("gone"); // 6
        await given.PutPod("fleeting"); // 7
        await given.DeletePod("fleeting"); // 8
        await given.PutPod("new"); // 9
        await given.Store.CompactAsync(9, Token);
        given.Store.Mend();
        var snapshot = await given.ConsistentSnapshot();

        Assert.Equal(["changed", "kept", "new"], snapshot.All().Select(entry => entry.Name));
        Assert.Equal("5 Modified changed", await CacheFixture.Next(watch));
        Assert.Equal(["9 Added new", "9 Deleted gone"], new[] { await CacheFixture.Next(watch), await CacheFixture.Next(watch) }.Order());
        Assert.False(given.Cache.TrySubscribe(8, null, out _));
        await given.PutPod("later");
        Assert.Equal("10 Added later", await CacheFixture.Next(watch));
    }

    [Fact]
    public async Task A_value_that_is_no_object_is_left_out_and_the_rest_served()
    {
        await using var given = await CacheFixture.StartAsync();
        await given.PutPod("a"); // 2
        await given.PutPod("b"); // 3
        using var watch = given.Subscribe(after: 3);
        await given.PutRaw(CacheFixture.Key("a"), "garbage"); // 4
        await given.PutRaw(CacheFixture.Key("c"), "{}"); // 5

        Assert.Equal(["b"], (await given.ConsistentSnapshot()).All().Select(entry => entry.Name));
        Assert.Equal("4 Deleted a", await CacheFixture.Next(watch));
        await given.PutPod("a"); // 6
        Assert.Equal("6 Added a", await CacheFixture.Next(watch));
    }

    [Fact]
    public async Task Stopping_ends_watches_and_waits()
    {
        await using var given = await CacheFixture.StartAsync();
        using var watch = given.Subscribe(after: 1);
        var waiting = given.Cache.WaitUntilAsync(100, Token).AsTask();

        await given.StopAsync();

        Assert.Empty(await watch.Events.ReadAllAsync(Token).ToListAsync(Token));
        Assert.Equal(SubscriptionState.CacheStopped, watch.State);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await given.Cache.WaitUntilAsync(100, Token));
    }

    [Fact]
    public async Task A_reader_that_leaves_gets_nothing_more()
    {
        await using var given = await CacheFixture.StartAsync();
        var watch = given.Subscribe(after: 1);
        watch.Dispose();
        watch.Dispose();
        await given.PutPod("a");
        await given.ConsistentSnapshot();

        Assert.Equal(SubscriptionState.Closed, watch.State);
        Assert.Empty(await watch.Events.ReadAllAsync(Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Among_many_writers_everyone_reads_their_own_writes_and_events_add_up_to_the_snapshot()
    {
        await using var given = await CacheFixture.StartAsync(backlog: 10_000);
        using var watch = given.Subscribe(after: 1);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 100; i++)
            {
                var name = $"p{random.Next(20)}";
                var written = random.Next(4) == 0 ? await given.DeletePod(name) : await given.PutPod(name, app: $"{writer}-{i}");
                await given.Cache.WaitUntilAsync(written, Token);
                Assert.True(given.Cache.Snapshot().Revision >= written);
            }
        })));

        var last = await given.ConsistentSnapshot();
        var added = new SortedDictionary<string, CacheEntry>(StringComparer.Ordinal);
        var revision = 0L;
        while (watch.Events.TryRead(out var change))
        {
            Assert.True(change.Revision > revision);
            Assert.Same(added.GetValueOrDefault(change.Entry.Key), change.PreviousEntry);
            revision = change.Revision;
            added[change.Entry.Key] = change.Entry;
            if (change.Type == CacheEventType.Deleted)
            {
                added.Remove(change.Entry.Key);
            }
        }
        Assert.Equal(last.All(), added.Values);
    }

    [Fact]
    public async Task A_frame_is_the_object_in_its_envelope()
    {
        await using var given = await CacheFixture.StartAsync();
        using var watch = given.Subscribe(after: 1);
        await given.PutRaw(CacheFixture.Key("a"), """{"metadata":{"name":"a"}}""");
        var output = new ArrayBufferWriter<byte>();

        (await watch.Events.ReadAsync(Token)).WriteTo(output);

        Assert.Equal(
            """{"type":"ADDED","object":{"metadata":{"resourceVersion":"2","name":"a"}}}""" + "\n", Text(output.WrittenMemory));
    }

    [Fact]
    public async Task The_parsed_form_is_made_once()
    {
        await using var given = await CacheFixture.StartAsync();
        await given.PutPod("a");
        var entry = (await given.ConsistentSnapshot()).Get(CacheFixture.Key("a"))!;

        Assert.Same(entry.Parsed(Text), entry.Parsed(Text));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
