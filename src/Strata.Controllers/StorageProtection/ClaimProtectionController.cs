using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.StorageProtection;

/// <summary>Keeps claims that are to be deleted until no pod on a node uses them (pkg/controller/volume/pvcprotection).</summary>
internal sealed class ClaimProtectionController : IController, IReconciler
{
    private const string Finalizer = "kubernetes.io/pvc-protection";

    private readonly IKubeClient _client;
    private readonly ILister<PersistentVolumeClaim> _claims;
    private readonly ILister<Pod> _pods;
    private readonly ControllerLoop _loop;

    public ClaimProtectionController(ControllerContext context)
    {
        _client = context.Client;
        var claims = context.Informers.For<PersistentVolumeClaim>();
        var pods = context.Informers.For<Pod>();
        _claims = claims;
        _pods = pods;
        _loop = new ControllerLoop("pvc-protection", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        claims.Subscribe(change => _loop.Enqueue(change.Object.Key()));
        pods.Subscribe(OnPod);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_claims.Get(key) is not { } claim)
        {
            return ReconcileResult.Settled;
        }

        if (!claim.IsDeleting())
        {
            await Finalizers.AddAsync(_client, claim, Finalizer, cancellationToken); // Of claims from before the finalizer existed.
        }
        else if (claim.Metadata.Finalizers.Contains(Finalizer) && !_pods.List(key.Namespace).Any(pod => Uses(pod, key.Name)) && !await IsUsedAsync(key, cancellationToken))
        {
            await Finalizers.RemoveAsync(_client, claim, Finalizer, cancellationToken);
        }

        return ReconcileResult.Settled;
    }

    // The lister may be behind: data is not given up on hearsay.
    private async Task<bool> IsUsedAsync(ObjectKey key, CancellationToken cancellationToken) =>
        (await _client.ListAsync<Pod>(key.Namespace, ListOptions.All, cancellationToken)).Items.Any(pod => Uses(pod, key.Name));

    // Without a node, a pod cannot have touched the volume; and it will not get one while the claim goes.
    private static bool Uses(Pod pod, string claim) => pod.Spec.NodeName.Length > 0 && !pod.IsTerminal() && ClaimsOf(pod).Contains(claim);

    private static IEnumerable<string> ClaimsOf(Pod pod) =>
        from volume in pod.Spec.Volumes
        let name = volume.PersistentVolumeClaim?.ClaimName ?? (volume.Ephemeral is null ? null : $"{pod.Metadata.Name}-{volume.Name}")
        where name is not null
        select name;

    private void OnPod(InformerChange<Pod> change)
    {
        if (change.IsDeleted || change.Object.IsTerminal())
        {
            foreach (var name in ClaimsOf(change.Object))
            {
                _loop.Enqueue(new ObjectKey(change.Object.Metadata.Namespace, name));
            }
        }
    }
}
