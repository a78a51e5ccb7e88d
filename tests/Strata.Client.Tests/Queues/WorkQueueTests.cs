using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Strata.Client.Queues;

namespace Strata.Client.Tests.Queues;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<string>(_clock);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Keys_come_out_in_the_order_they_were_added_and_each_once()
    {
        _queue.Add("a");
        _queue.Add("b");
        _queue.Add("a");

        Assert.Equal(["a", "b"], [await TakeAsync(), await TakeAsync()]);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_again_when_that_is_done()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");
        _queue.Add("a");

        Assert.Equal(0, _queue.Count);
        _queue.Done("a");
        Assert.Equal("a", await TakeAsync());
        _queue.Done("a");
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_taker_waits_for_a_key()
    {
        var taking = TakeAsync();
        Assert.False(taking.IsCompleted);
        _queue.Add("a");

        Assert.Equal("a", await taking);
    }

    [Fact]
    public void A_delayed_key_appears_when_its_time_has_come()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, _queue.Count);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void Of_several_delays_the_earliest_counts_and_once()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _queue.AddAfter("a", TimeSpan.FromSeconds(2));
        _queue.AddAfter("a", TimeSpan.FromSeconds(9));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, _queue.Count);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void No_delay_means_now()
    {
        _queue.AddAfter("a", TimeSpan.Zero);
        _queue.AddAfter("b", TimeSpan.FromSeconds(-1));
        Assert.Equal(2, _queue.Count);
    }

    [Fact]
    public async Task Failures_wait_longer_each_time_up_to_a_minute_until_forgotten()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(5), await FailAsync());
        Assert.Equal(TimeSpan.FromMilliseconds(10), await FailAsync());
        Assert.Equal(TimeSpan.FromMilliseconds(20), await FailAsync());
        for (var failure = 0; failure < 40; failure++)
        {
            await FailAsync();
        }

        Assert.Equal(WorkQueue<string>.LongestBackoff, await FailAsync());
        _queue.Forget("a");
        Assert.Equal(WorkQueue<string>.FirstBackoff, await FailAsync());
    }

    [Fact]
    public async Task A_disposed_queue_takes_nothing_and_ends_its_takers()
    {
        var taking = TakeAsync();
        _queue.AddAfter("b", TimeSpan.FromSeconds(1));
        _queue.Dispose();
        _queue.Add("a");
        _queue.AddAfter("c", TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<ChannelClosedException>(() => taking);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task No_key_is_ever_worked_on_by_two_and_none_added_is_lost()
    {
        var working = new int[8];
        var handled = new int[8];
        var workers = Enumerable.Range(0, 4).Select(_ => WorkAsync(working, handled)).ToArray();
        for (var round = 0; round < 2000; round++)
        {
            _queue.Add($"{round % 8}");
            if (round % 50 == 0)
            {
                await Task.Yield();
            }
        }

        Array.Clear(handled);
        for (var key = 0; key < 8; key++)
        {
            _queue.Add($"{key}");
        }

        await Strata.Testing.Eventually.TrueAsync(() => handled.All(count => Volatile.Read(ref count) > 0) && _queue.Count == 0);
        _queue.Dispose();
        await Task.WhenAll(workers);
    }

    private async Task WorkAsync(int[] working, int[] handled)
    {
        while (true)
        {
            string key;
            try
            {
                key = await _queue.TakeAsync(CancellationToken.None);
            }
            catch (ChannelClosedException)
            {
                return;
            }

            var index = int.Parse(key, System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(1, Interlocked.Increment(ref working[index]));
            await Task.Yield();
            Interlocked.Increment(ref handled[index]);
            Interlocked.Decrement(ref working[index]);
            _queue.Done(key);
        }
    }

    // Reports how long the key stayed away.
    private async Task<TimeSpan> FailAsync()
    {
        _queue.AddFailed("a");
        var waited = TimeSpan.Zero;
        var step = WorkQueue<string>.FirstBackoff;
        while (_queue.Count == 0)
        {
            _clock.Advance(step);
            waited += step;
        }

        _queue.Done(await TakeAsync());
        return waited;
    }

    private async Task<string> TakeAsync() => await _queue.TakeAsync(CancellationToken.None);
}
