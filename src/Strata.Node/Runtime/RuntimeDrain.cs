using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Runtime;

/// <summary>Stops and removes every sandbox of an agent.</summary>
internal static class RuntimeDrain
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(IContainerRuntime runtime, CancellationToken cancellationToken)
    {
        var containers = await runtime.ListContainersAsync(cancellationToken);
        await Task.WhenAll(containers.Where(container => container.Phase == ContainerPhase.Running).Select(container => runtime.StopContainerAsync(container.Id, Grace, cancellationToken)));
        var sandboxes = await runtime.ListSandboxesAsync(cancellationToken);
        await Task.WhenAll(sandboxes.Select(async sandbox =>
        {
            await runtime.StopSandboxAsync(sandbox.Id, cancellationToken);
            await runtime.RemoveSandboxAsync(sandbox.Id, cancellationToken);
        }));
    }
}
