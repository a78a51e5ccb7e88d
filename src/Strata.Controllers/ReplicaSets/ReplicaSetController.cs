using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.ReplicaSets;

/// <summary>Which changes wake which ReplicaSet.</summary>
internal sealed class ReplicaSetController : IController
{
    private readonly ControllerLoop _loop;
    private readonly Expectations _expectations;
    private readonly IInformer<ReplicaSet> _replicaSets;

    public ReplicaSetController(ControllerContext context)
    {
        _expectations = new Expectations(context.Clock);
        _replicaSets = context.Informers.For<ReplicaSet>();
        var pods = context.Informers.For<Pod>();
        pods.AddIndex(ReplicaSetReconciler.OwnerIndex, static pod => pod.Metadata.Controller() is { } owner ? [owner.Uid] : []);
        pods.AddIndex(ReplicaSetReconciler.OrphanIndex, static pod => pod.Metadata.Controller() is null ? [pod.Metadata.Namespace] : []);
        var reconciler = new ReplicaSetReconciler(
            context.Client, _replicaSets, pods, context.Informers.For<Node>(), _expectations, context.Events("replicaset-controller"), context.Clock);
        _loop = new ControllerLoop("replicaset", reconciler, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        _replicaSets.Subscribe(change =>
        {
            if (change.IsDeleted)
            {
                _expectations.Forget(change.Object.Key()); // One made again under this name owes nothing.
            }

            _loop.Enqueue(change.Object.Key());
        });
        pods.Subscribe(OnPod);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private void OnPod(InformerChange<Pod> change)
    {
        var pod = change.Object;
        if (pod.Metadata.Controller() is { Kind: "ReplicaSet" } owner)
        {
            var key = new ObjectKey(pod.Metadata.Namespace, owner.Name);
            if (change.Old is null)
            {
                _expectations.CreationSettled(key);
            }

            if (change.IsDeleted || pod.IsDeleting())
            {
                _expectations.DeletionSettled(key, pod.Metadata.Uid);
            }

            _loop.Enqueue(key);
        }
        else if (pod.Metadata.Controller() is null && !change.IsDeleted)
        {
            foreach (var replicaSet in _replicaSets.List(pod.Metadata.Namespace))
            {
                if (replicaSet.Spec.Selector?.Matches(pod.Metadata.Labels) == true)
                {
                    _loop.Enqueue(replicaSet.Key());
                }
            }
        }

        // A pod that changed hands matters to its former owner too.
        if (change.Old?.Metadata.Controller() is { Kind: "ReplicaSet" } former && former.Uid != pod.Metadata.Controller()?.Uid)
        {
            _loop.Enqueue(new ObjectKey(pod.Metadata.Namespace, former.Name));
        }
    }
}
