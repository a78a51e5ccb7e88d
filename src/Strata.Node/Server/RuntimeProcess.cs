using Strata.Kubelet.Commands;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>A call of the runtime's exec or attach that waits for its streams.</summary>
internal sealed class RuntimeProcess(Func<StreamSet, CancellationToken, Task<CommandEnd>> run) : IContainerProcess
{
    public async Task<CommandEnd> RunAsync(StreamSet streams, CancellationToken cancellationToken)
    {
        try
        {
            return await run(streams, cancellationToken);
        }
        catch (RuntimeException error)
        {
            return CommandEnd.Failed(error.Message);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // The runtime ends with the call.
}
