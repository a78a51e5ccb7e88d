using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Deployments;

/// <summary>Which changes wake which Deployment.</summary>
internal sealed class DeploymentController : IController
{
    private readonly ControllerLoop _loop;
    private readonly IInformer<Deployment> _deployments;
    private readonly IInformer<ReplicaSet> _replicaSets;

    public DeploymentController(ControllerContext context)
    {
        _deployments = context.Informers.For<Deployment>();
        _replicaSets = context.Informers.For<ReplicaSet>();
        var pods = context.Informers.For<Pod>();
        var reconciler = new DeploymentReconciler(context.Client, _deployments, _replicaSets, pods, context.Events("deployment-controller"), context.Clock);
        _loop = new ControllerLoop("deployment", reconciler, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        _deployments.Subscribe(change => _loop.Enqueue(change.Object.Key()));
        _replicaSets.Subscribe(OnReplicaSet);
        pods.Subscribe(OnPod);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private void OnReplicaSet(InformerChange<ReplicaSet> change)
    {
        var set = change.Object;
        if (set.Metadata.Controller() is { Kind: "Deployment" } owner)
        {
            _loop.Enqueue(new ObjectKey(set.Metadata.Namespace, owner.Name));
            return;
        }

        foreach (var deployment in _deployments.List(set.Metadata.Namespace))
        {
            if (deployment.Spec.Selector?.Matches(set.Metadata.Labels) == true)
            {
                _loop.Enqueue(deployment.Key());
            }
        }
    }

    // Only Recreate looks at pods themselves: it waits for the last old one to go.
    private void OnPod(InformerChange<Pod> change)
    {
        if (change.IsDeleted && change.Object.Metadata.Controller() is { Kind: "ReplicaSet" } set
            && _replicaSets.Get(new ObjectKey(change.Object.Metadata.Namespace, set.Name))?.Metadata.Controller() is { Kind: "Deployment" } owner)
        {
            _loop.Enqueue(new ObjectKey(change.Object.Metadata.Namespace, owner.Name));
        }
    }
}
