using System.Net;

namespace Strata.Network.Dns;

/// <summary>One upstream server and whether it answers.</summary>
internal sealed class DnsUpstream(IPEndPoint server, TimeProvider clock)
{
    // A dead server costs a client seconds for every name; after some silence it is left alone for a while.
    private const int MaxFailureCount = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private int _failureCount;
    private long _lastFailure;

    public IPEndPoint Server { get; } = server;

    /// <summary>Whether it is worth a question now.</summary>
    public bool IsUsable => Volatile.Read(ref _failureCount) < MaxFailureCount || clock.GetElapsedTime(Volatile.Read(ref _lastFailure)) > Pause;

    public void Answered() => Volatile.Write(ref _failureCount, 0);

    public void Failed()
    {
        Volatile.Write(ref _lastFailure, clock.GetTimestamp());
        Interlocked.Increment(ref _failureCount);
    }
}
