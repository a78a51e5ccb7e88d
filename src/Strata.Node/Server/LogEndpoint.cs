using Microsoft.AspNetCore.Http;
using Strata.Cri.Logs;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary><c>/containerLogs</c>: one run's output, as it is written when followed.</summary>
internal sealed class LogEndpoint(ContainerFinder finder, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context, ContainerAddress address, CancellationToken cancellationToken)
    {
        var options = LogQuery.Parse(context.Request.Query, clock.GetUtcNow());
        var worker = finder.Pod(address.Namespace, address.Pod, address.Uid);
        var run = ContainerFinder.RunToRead(worker, address.Container, LogQuery.Flag(context.Request.Query, "previous"));
        if (!File.Exists(run.LogPath))
        {
            throw NodeApiException.NotFound($"the log of container \"{address.Container}\" in pod \"{address.Pod}\" does not exist");
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = options.Follow ? WaitForEndAsync(worker.State, run.Id, leaving.Token) : Task.CompletedTask;
        context.Response.ContentType = "text/plain; charset=utf-8";
        try
        {
            await context.Response.Body.FlushAsync(cancellationToken); // A log that is silent so far is still an answer.
            await CriLogReader.ReadAsync(run.LogPath, options with { Ended = ended }, context.Response.Body, clock, cancellationToken);
        }
        finally
        {
            await leaving.CancelAsync();
            await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task WaitForEndAsync(PodRuntimeState state, string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = state.Changed; // Taken before looking, so that none is missed.
            if (!state.ContainerSnapshot.Any(record => record.Id == id && record.Phase != ContainerPhase.Exited))
            {
                return;
            }

            await change.WaitAsync(cancellationToken);
        }
    }
}
