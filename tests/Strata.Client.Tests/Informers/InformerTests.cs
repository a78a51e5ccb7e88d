using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Testing;

namespace Strata.Client.Tests.Informers;

public sealed class InformerTests : IAsyncDisposable
{
    private readonly FakeTransport _server = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly InformerSet _informers;
    private readonly List<string> _changes = [];

    public InformerTests() => _informers = new InformerSet(new KubeClient(_server), _clock, NullLoggerFactory.Instance);

    public ValueTask DisposeAsync() => _informers.DisposeAsync();

    [Fact]
    public async Task The_first_list_is_delivered_before_the_informer_counts_as_synced()
    {
        _server.Put("a", "1");
        _server.Put("b", "2");
        var informer = await StartAsync();

        Assert.Equal(["+a=1", "+b=2"], Seen().Order());
        Assert.Equal(["a", "b"], informer.List().Select(item => item.Metadata.Name).Order());
        Assert.Equal("1", informer.Get(new ObjectKey("default", "a"))?.Data["value"]);
        Assert.Null(informer.Get(new ObjectKey("default", "c")));
    }

    [Fact]
    public async Task Changes_arrive_in_order_with_what_was_before()
    {
        await StartAsync();
        _server.Put("a", "1");
        _server.Put("a", "2");
        _server.Delete("a");
        _server.Put("a", "3");

        await SeesAsync("+a=1", "a=1>2", "-a=2", "+a=3");
    }

    [Fact]
    public async Task Handlers_see_the_change_in_the_lister_and_one_added_late_gets_what_is_known()
    {
        var informer = await StartAsync();
        string? listed = null;
        informer.Subscribe(change => listed = informer.Get(change.Object.Key())?.Data["value"]);
        _server.Put("a", "1");
        await SeesAsync("+a=1");
        await Eventually.TrueAsync(() => listed == "1");

        var late = new List<string>();
        informer.Subscribe(change => late.Add(Text(change)));
        Assert.Equal(["+a=1"], late);
    }

    [Fact]
    public async Task A_watch_that_ends_goes_on_where_it_was()
    {
        await StartAsync();
        _server.Put("a", "1");
        await SeesAsync("+a=1");

        _server.Break();
        _server.Put("b", "2");
        await SeesAsync("+a=1", "+b=2");
        Assert.Equal(1, _server.Lists);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again_and_loses_nothing()
    {
        await StartAsync();
        _server.Break(ApiErrors.Unavailable("connection reset"));
        _server.Failure = ApiErrors.Unavailable("connection refused");
        _server.Put("a", "1");
        await Eventually.TrueAsync(() => Tick(_server.Watches > 3));
        _server.Failure = null;

        await SeesAsync("+a=1");
        Assert.Equal(1, _server.Lists);
    }

    [Fact]
    public async Task When_its_version_is_gone_the_informer_lists_again_and_tells_the_difference()
    {
        _server.Put("kept", "1");
        _server.Put("changed", "1");
        _server.Put("deleted", "1");
        var informer = await StartAsync();
        _changes.Clear();

        _server.Failure = ApiErrors.Unavailable("away");
        _server.Break();
        _server.Put("changed", "2");
        _server.Delete("deleted");
        _server.Put("added", "1");
        _server.Compact();
        _server.Failure = null;

        await SeesSetAsync("-deleted=1", "changed=1>2", "+added=1");
        Assert.Equal(2, _server.Lists);
        Assert.Equal(["added", "changed", "kept"], informer.List().Select(item => item.Metadata.Name).Order());
    }

    [Fact]
    public async Task An_object_replaced_while_the_informer_was_away_is_a_deletion_and_an_addition()
    {
        _server.Put("a", "1", uid: "first");
        await StartAsync();
        _changes.Clear();

        _server.Failure = ApiErrors.Unavailable("away");
        _server.Break();
        _server.Delete("a");
        _server.Put("a", "2", uid: "second");
        _server.Compact();
        _server.Failure = null;

        await SeesAsync("-a=1", "+a=2");
    }

    [Fact]
    public async Task Bookmarks_move_the_version_without_a_change()
    {
        await StartAsync();
        _server.Bookmark();
        _server.Compact();
        _server.Break();
        _server.Put("a", "1");

        await SeesAsync("+a=1");
        Assert.Equal(1, _server.Lists);
    }

    [Fact]
    public async Task A_quiet_watch_that_ended_in_its_time_is_renewed_without_delay_however_often()
    {
        await StartAsync();
        for (var round = 1; round <= 12; round++)
        {
            await Eventually.TrueAsync(() => _server.Watches == round);
            _clock.Advance(TimeSpan.FromMinutes(5));
            var ended = _clock.GetUtcNow();
            _server.Break();
            await Eventually.TrueAsync(() => Tick(_server.Watches == round + 1));
            Assert.InRange((_clock.GetUtcNow() - ended).TotalSeconds, 0, 3);
        }
    }

    [Fact]
    public async Task A_list_that_fails_is_repeated_until_it_succeeds()
    {
        _server.Failure = ApiErrors.Unavailable("not yet");
        var informer = _informers.For<ConfigMap>();
        _informers.Start();
        var synced = informer.WaitForSyncAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Tick(_server.Lists > 3));
        Assert.False(synced.IsCompleted);

        _server.Failure = null;
        await Eventually.TrueAsync(() => Tick(synced.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Indexes_follow_every_change()
    {
        var informer = _informers.For<ConfigMap>();
        informer.AddIndex("value", item => [item.Data["value"]]);
        _server.Put("a", "x");
        _server.Put("b", "x");
        await StartAsync();
        Assert.Equal(["a", "b"], Names(informer.ByIndex("value", "x")));

        _server.Put("a", "y");
        await Eventually.TrueAsync(() => Names(informer.ByIndex("value", "y")) is ["a"]);
        Assert.Equal(["b"], Names(informer.ByIndex("value", "x")));
        _server.Delete("b");
        await Eventually.TrueAsync(() => informer.ByIndex("value", "x").Count == 0);
        Assert.Throws<InvalidOperationException>(() => informer.ByIndex("missing", "x"));
    }

    [Fact]
    public async Task Objects_can_be_listed_by_namespace()
    {
        _server.Put("a", "1");
        var informer = await StartAsync();

        Assert.Equal(["a"], Names(informer.List("default")));
        Assert.Empty(informer.List("other"));
        _server.Put("a", "2");
        _server.Put("b", "1");
        await Eventually.TrueAsync(() => Names(informer.List("default")) is ["a", "b"]);
        Assert.Equal("2", informer.List("default").Single(item => item.Metadata.Name == "a").Data["value"]);
    }

    [Fact]
    public async Task One_informer_serves_all_who_ask_for_the_same_objects()
    {
        var scoped = _informers.For<ConfigMap>("default", "app=web", "metadata.name=a");

        Assert.Same(_informers.For<ConfigMap>(), _informers.For<ConfigMap>(null, null, null));
        Assert.Same(scoped, _informers.For<ConfigMap>("default", "app=web", "metadata.name=a"));
        Assert.NotSame(scoped, _informers.For<ConfigMap>());
        _informers.Start();
        await _informers.WaitForSyncAsync(CancellationToken.None);
        Assert.Contains("labelSelector=app%3Dweb&fieldSelector=metadata.name%3Da", _server.Queries);
    }

    private static List<string> Names(IReadOnlyList<ConfigMap> items) => [.. items.Select(item => item.Metadata.Name).Order()];

    private static string Text(InformerChange<ConfigMap> change)
    {
        var name = change.Object.Metadata.Name;
        return change switch
        {
            { Old: null, New: { } added } => $"+{name}={added.Data["value"]}",
            { Old: { } old, New: null } => $"-{name}={old.Data["value"]}",
            { Old: { } old, New: { } changed } => $"{name}={old.Data["value"]}>{changed.Data["value"]}",
            _ => "nothing",
        };
    }

    private async Task<IInformer<ConfigMap>> StartAsync()
    {
        var informer = _informers.For<ConfigMap>();
        informer.Subscribe(change =>
        {
            lock (_changes)
            {
                _changes.Add(Text(change));
            }
        });
        _informers.Start();
        await informer.WaitForSyncAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => _server.Watches > 0);
        return informer;
    }

    private string[] Seen()
    {
        lock (_changes)
        {
            return [.. _changes];
        }
    }

    private Task SeesAsync(params string[] expected) => Eventually.TrueAsync(() => Tick(Seen().SequenceEqual(expected)));

    private Task SeesSetAsync(params string[] expected) => Eventually.TrueAsync(() => Tick(Seen().Order().SequenceEqual(expected.Order())));

    // Lets retry delays pass while the test waits.
    private bool Tick(bool isDone)
    {
        if (!isDone)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        return isDone;
    }
}
