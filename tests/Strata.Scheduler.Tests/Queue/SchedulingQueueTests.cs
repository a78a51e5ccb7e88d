using Microsoft.Extensions.Time.Testing;
using Strata.Scheduler.Queue;

namespace Strata.Scheduler.Tests.Queue;

public sealed class SchedulingQueueTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SchedulingQueue _queue;

    public SchedulingQueueTests() => _queue = new SchedulingQueue(_clock);

    [Fact]
    public void Higher_priority_comes_first_and_equal_ones_in_order_of_arrival()
    {
        Put("a", 0);
        Put("b", 10);
        Put("c", 0);
        Put("d", 10);

        Assert.Equal(["b", "d", "a", "c", null], TakeNames(5));
    }

    [Fact]
    public void A_removed_pod_is_not_taken()
    {
        Put("a");
        Put("b");
        _queue.Remove("uid-a");

        Assert.Equal(["b", null], TakeNames(2));
    }

    [Fact]
    public void A_pod_put_twice_is_taken_once_in_its_newer_form()
    {
        Put("a");
        _queue.Put(Given.Pod("a").Requesting("1", "1Gi").Info());

        Assert.Equal(1000, _queue.Take()!.Info.Requests.CpuMillis);
        Assert.Null(_queue.Take());
    }

    [Fact]
    public void A_parked_pod_waits_for_a_change()
    {
        Park("a");
        _clock.Advance(TimeSpan.FromMinutes(4));

        Assert.Null(_queue.Take());
        _queue.WakeAll();
        Assert.Equal("a", TakeName());
    }

    [Fact]
    public void A_change_soon_after_the_try_leaves_the_pod_to_its_backoff()
    {
        Park("a");
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        _queue.WakeAll();

        Assert.Null(_queue.Take());
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromMilliseconds(700), _queue.NextRelease());
        _clock.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Equal("a", TakeName());
    }

    [Fact]
    public void Backoff_doubles_from_one_second_up_to_ten()
    {
        Put("a");
        var waits = new List<double>();
        for (var attempt = 0; attempt < 6; attempt++)
        {
            _queue.Retry(_queue.Take()!);
            var wait = _queue.NextRelease()!.Value - _clock.GetUtcNow();
            waits.Add(wait.TotalSeconds);
            _clock.Advance(wait);
        }

        Assert.Equal([1d, 2, 4, 8, 10, 10], waits);
    }

    [Fact]
    public void A_parked_pod_is_tried_again_after_five_minutes_whatever_happens()
    {
        Park("a");

        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromMinutes(5), _queue.NextRelease());
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("a", TakeName());
    }

    [Fact]
    public void A_changed_spec_wakes_a_parked_pod_and_a_changed_status_does_not()
    {
        Park("a");
        _clock.Advance(TimeSpan.FromSeconds(5));
        var pod = Given.Pod("a").Of(0);
        _queue.Put((pod with { Status = pod.Status with { Phase = "Pending" } }).Info());

        Assert.Null(_queue.Take());
        _queue.Put(pod.Tolerating("k", "Exists").Info());
        Assert.Equal("a", TakeName());
    }

    [Fact]
    public void Waking_twice_does_not_lengthen_the_backoff()
    {
        Park("a");
        _queue.WakeAll();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _queue.WakeAll();

        Assert.Equal("a", TakeName());
        Assert.Null(_queue.Take());
    }

    [Fact]
    public void A_pod_deleted_and_made_again_while_it_waited_is_taken_once()
    {
        Park("a");
        _queue.WakeAll();
        _queue.Remove("uid-a");
        Put("a");

        Assert.Equal("a", TakeName());
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(_queue.Take());
        Assert.Null(_queue.NextRelease());
        Assert.Equal(0, _queue.Count);
    }

    private void Put(string name, int priority = 0) => _queue.Put(Given.Pod(name).Of(priority).Info());

    private void Park(string name)
    {
        Put(name);
        _queue.Park(_queue.Take()!);
    }

    private string? TakeName() => _queue.Take()?.Info.Pod.Metadata.Name;

    private string?[] TakeNames(int count) => [.. Enumerable.Range(0, count).Select(_ => TakeName())];
}
