using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>How long to wait before asking the provider again, for ever and never longer than a minute. A judgement on the pod itself is not repeated in a hurry.</summary>
/// <param name="random">Spreads the retries of many pods that failed together.</param>
internal sealed class RetryPolicy(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public TimeSpan DelayAfter(int failures, FailureKind kind)
    {
        var delay = kind == FailureKind.Refused ? Longest : First * Math.Pow(2, Math.Min(failures, 20));
        return (delay < Longest ? delay : Longest) * (0.8 + (0.2 * random.NextDouble()));
    }
}
