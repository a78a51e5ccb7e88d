using Strata.Pods.Lifecycle;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Images;

/// <summary>An image that is here, a reason why not, or (neither) one that must be pulled first.</summary>
/// <param name="RetryAfter">When to ask again after a fault.</param>
internal sealed record ImageOutcome(RuntimeImage? Image, ContainerFault? Fault, TimeSpan? RetryAfter)
{
    public static readonly ImageOutcome MustPull = new(null, null, null);

    public static ImageOutcome Present(RuntimeImage image) => new(image, null, null);

    public static ImageOutcome Failed(string reason, string message, TimeSpan? retryAfter = null) => new(null, new ContainerFault(reason, message), retryAfter);
}
