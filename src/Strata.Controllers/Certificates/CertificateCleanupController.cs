using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Certificates;

/// <summary>Deletes certificate signing requests that have been answered an hour ago, or not at all for a day.</summary>
internal sealed class CertificateCleanupController : IController, IReconciler
{
    private readonly IKubeClient _client;
    private readonly ILister<CertificateSigningRequest> _requests;
    private readonly TimeProvider _clock;
    private readonly ControllerLoop _loop;

    public CertificateCleanupController(ControllerContext context)
    {
        _client = context.Client;
        _clock = context.Clock;
        var requests = context.Informers.For<CertificateSigningRequest>();
        _requests = requests;
        _loop = new ControllerLoop("csrcleaner", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>(), workers: 1);
        requests.Subscribe(change => _loop.Enqueue(change.Object.Key()));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_requests.Get(key) is not { } request || CertificateCleanupPlan.DeadlineOf(request) is not { } deadline)
        {
            return ReconcileResult.Settled;
        }

        var left = deadline - _clock.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return ReconcileResult.RecheckAfter(left);
        }

        await _client.DeleteAsync<CertificateSigningRequest>(null, key.Name, new DeleteRequest(Uid: request.Metadata.Uid), cancellationToken);
        return ReconcileResult.Settled;
    }
}
