namespace Strata.Scheduler.Framework;

/// <summary>Extension point Score: ranks feasible nodes from 0 to 100. Must not allocate.</summary>
public interface IScorePlugin : IPlugin
{
    /// <summary>Multiplies the normalized score; upstream's default.</summary>
    int Weight { get; }

    long Score(PodInfo pod, NodeInfo node);

    /// <summary>Brings raw scores to 0…100, in place. The default takes them as they are.</summary>
    void Normalize(Span<long> scores)
    {
    }
}
