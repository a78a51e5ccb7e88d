using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Runtime;

/// <summary>For questions that a healthy runtime answers at once, whatever else it does. The runtime's own limit for a call is far longer, and longer than a node's lease.</summary>
internal static class RuntimeDeadline
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="RuntimeException">The runtime failed, or did not answer in time.</exception>
    public static async Task<T> AnswerAsync<T>(Func<CancellationToken, Task<T>> question, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await question(both.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RuntimeException(RuntimeFailure.Unavailable, $"it has not answered for {Limit.TotalSeconds:0} s", error);
        }
    }
}
