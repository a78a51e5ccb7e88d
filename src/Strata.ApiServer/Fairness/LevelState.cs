using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Strata.ApiServer.Fairness;

/// <summary>What runs and waits at one priority level. Guarded by the controller's lock.</summary>
/// <remarks>The queues are served by start-time fair queueing, as KEP-1040 does: each keeps account of the seat-seconds it has had, an estimate while a request runs and the truth when it
/// is done; the one with the least goes next, and one that was empty starts where the others are, so that idling saves nothing up.</remarks>
internal sealed class LevelState(PriorityLevel level)
{
    // What a request is taken to need before it is known (upstream: estimatedServiceDuration).
    private const double GuessSeconds = 0.003;

    private FlowQueue[] _queues = NewQueues(level.Queues);
    private double _virtualTime;

    public PriorityLevel Level { get; private set; } = level;

    /// <summary>Seats that are its own.</summary>
    public int Nominal { get; set; }

    /// <summary>Seats in use.</summary>
    public int Running { get; private set; }

    /// <summary>Requests that run.</summary>
    public int RunningRequests { get; private set; }

    public int WaitingRequests { get; private set; }

    /// <summary>Seats that are used or kept back for its own requests: what nobody else may take.</summary>
    public int Committed => Math.Max(Running, Nominal - (Nominal * Level.LendablePercent / 100));

    /// <summary>Most seats it may use with what it borrows.</summary>
    public int Ceiling => Level.BorrowingPercent is { } percent ? Nominal + (int)((long)Nominal * percent / 100) : int.MaxValue;

    /// <summary>Takes over changed settings; what runs and waits stays.</summary>
    public void Use(PriorityLevel level)
    {
        var isResized = level.Queues != Level.Queues;
        Level = level;
        if (!isResized || (level.Queues == 0 && WaitingRequests > 0))
        {
            return; // Without queues from now on, but those who wait keep their places.
        }

        var waiting = _queues.SelectMany(static queue => queue.Waiting).ToList();
        _queues = NewQueues(level.Queues);
        waiting.ForEach(waiter => Place(waiter, QueueFor(waiter)));
    }

    /// <summary>Queues a request in the least busy queue of its flow's hand; false when that is full.</summary>
    public bool TryQueue(FlowWaiter waiter)
    {
        var queue = QueueFor(waiter);
        if (queue.Waiting.Count >= Level.QueueLength)
        {
            return false;
        }

        Place(waiter, queue);
        WaitingRequests++;
        return true;
    }

    /// <summary>Takes a request that has waited too long out of its queue; false when it is not there any more.</summary>
    public bool Remove(FlowWaiter waiter)
    {
        if (waiter.Queue?.Waiting.Remove(waiter) != true)
        {
            return false;
        }

        WaitingRequests--;
        return true;
    }

    /// <summary>The request that is next; null when none waits. It stays where it is until <see cref="Start"/>.</summary>
    public FlowWaiter? Next()
    {
        if (WaitingRequests == 0)
        {
            return null;
        }

        FlowQueue? best = null;
        foreach (var queue in _queues)
        {
            if (queue.Waiting.Count > 0 && (best is null || queue.Served < best.Served))
            {
                best = queue;
            }
        }

        return best!.Waiting.First!.Value;
    }

    /// <summary>Seats a request: a waiting one leaves its queue.</summary>
    public void Start(FlowWaiter? waiter, int seats)
    {
        Running += seats;
        RunningRequests++;
        if (waiter?.Queue is not { } queue)
        {
            return;
        }

        Remove(waiter);
        _virtualTime = Math.Max(_virtualTime, queue.Served);
        queue.Running += seats;
        queue.Served += seats * GuessSeconds;
    }

    /// <summary>Takes seats back.</summary>
    public void End(FlowQueue? queue, int seats, TimeSpan took)
    {
        Running -= seats;
        RunningRequests--;
        Debug.Assert(Running >= 0, "seats are given back once");
        if (queue is not null)
        {
            queue.Running -= seats;
            queue.Served += seats * (took.TotalSeconds - GuessSeconds);
        }
    }

    private void Place(FlowWaiter waiter, FlowQueue queue)
    {
        if (queue.Waiting.Count == 0 && queue.Running == 0)
        {
            queue.Served = Math.Max(queue.Served, _virtualTime);
        }

        waiter.Queue = queue;
        queue.Waiting.AddLast(waiter);
    }

    // Shuffle sharding: a flow is dealt a hand of the queues, and any two flows have few in common, so that one that fills its hand leaves others a way (KEP-1040).
    private FlowQueue QueueFor(FlowWaiter waiter)
    {
        if (_queues.Length == 1)
        {
            return _queues[0];
        }

        var hash = Hash(waiter);
        Span<int> dealt = stackalloc int[Math.Min(Level.HandSize, _queues.Length)];
        FlowQueue? best = null;
        for (var card = 0; card < dealt.Length; card++)
        {
            var left = (ulong)(_queues.Length - card);
            var index = (int)(hash % left);
            hash /= left;

            // The index counts the queues not dealt yet.
            var at = 0;
            for (; at < card && dealt[at] <= index; at++)
            {
                index++;
            }

            dealt[at..card].CopyTo(dealt[(at + 1)..]);
            dealt[at] = index;
            var queue = _queues[index];
            if (best is null || queue.Waiting.Count + queue.Running < best.Waiting.Count + best.Running)
            {
                best = queue;
            }
        }

        return best!;
    }

    private static ulong Hash(FlowWaiter waiter)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{waiter.Rule.Name},{waiter.Distinguisher}"), digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private static FlowQueue[] NewQueues(int count)
    {
        var queues = new FlowQueue[count];
        for (var index = 0; index < count; index++)
        {
            queues[index] = new FlowQueue();
        }

        return queues;
    }
}
