namespace Strata.Scheduler.Framework;

/// <summary>Whether a node can take a pod, and if not, why. Instances are shared: a verdict costs no allocation.</summary>
public sealed class FilterVerdict
{
    /// <summary>The node can take the pod.</summary>
    public static readonly FilterVerdict Fits = new([], isResolvable: true);

    private FilterVerdict(IReadOnlyList<string> reasons, bool isResolvable)
    {
        Reasons = reasons;
        IsResolvable = isResolvable;
    }

    /// <summary>Why not, each as it appears in <c>0/5 nodes are available: 3 …</c>.</summary>
    public IReadOnlyList<string> Reasons { get; }

    /// <summary>Whether evicting pods from the node could help.</summary>
    public bool IsResolvable { get; }

    /// <summary>A refusal that room would lift.</summary>
    public static FilterVerdict NotNow(params IReadOnlyList<string> reasons) => new(reasons, isResolvable: true);

    /// <summary>A refusal that no eviction lifts, so preemption skips the node.</summary>
    public static FilterVerdict Never(string reason) => new([reason], isResolvable: false);
}
