using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.StorageProtection;

/// <summary>Keeps volumes that are to be deleted while they are bound to a claim (pkg/controller/volume/pvprotection).</summary>
internal sealed class VolumeProtectionController : IController, IReconciler
{
    private const string Finalizer = "kubernetes.io/pv-protection";

    private readonly IKubeClient _client;
    private readonly ILister<PersistentVolume> _volumes;
    private readonly ControllerLoop _loop;

    public VolumeProtectionController(ControllerContext context)
    {
        _client = context.Client;
        var volumes = context.Informers.For<PersistentVolume>();
        _volumes = volumes;
        _loop = new ControllerLoop("pv-protection", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        volumes.Subscribe(change => _loop.Enqueue(change.Object.Key()));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_volumes.Get(key) is not { } volume)
        {
            return ReconcileResult.Settled;
        }

        if (!volume.IsDeleting())
        {
            await Finalizers.AddAsync(_client, volume, Finalizer, cancellationToken);
        }
        else if (volume.Status.Phase != "Bound")
        {
            await Finalizers.RemoveAsync(_client, volume, Finalizer, cancellationToken);
        }

        return ReconcileResult.Settled;
    }
}
