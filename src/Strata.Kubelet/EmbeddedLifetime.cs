using Microsoft.Extensions.Hosting;

namespace Strata.Kubelet;

/// <summary>The server lives and ends with its owner. The default would listen for Ctrl+C and SIGTERM of the whole process and stop on its own.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
