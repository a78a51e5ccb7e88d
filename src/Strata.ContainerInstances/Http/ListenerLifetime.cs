using Microsoft.Extensions.Hosting;

namespace Strata.ContainerInstances.Http;

/// <summary>Leaves the process's signals alone. The framework's default takes SIGTERM and SIGINT for itself, which would stop this
/// listener under its owner and keep the process from ending.</summary>
internal sealed class ListenerLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
