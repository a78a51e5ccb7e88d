using Microsoft.AspNetCore.Http;

namespace Strata.Kubelet.Logs;

/// <summary><c>/containerLogs</c>: a container's output, as it is written when followed.</summary>
internal sealed class LogEndpoint(PodFinder finder, IPodHost host, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context, ContainerAddress address, CancellationToken cancellationToken)
    {
        var options = LogOptions.Parse(context.Request.Query, clock.GetUtcNow());
        await using var log = await host.OpenLogAsync(finder.PodOf(address), address.Container, options, cancellationToken);
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.Body.FlushAsync(cancellationToken); // A log that is silent so far is still an answer.
        await log.CopyToAsync(context.Response.Body, cancellationToken);
    }
}
