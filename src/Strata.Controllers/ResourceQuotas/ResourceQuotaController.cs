using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.Api.Quotas;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.ResourceQuotas;

/// <summary>Wakes the quotas of a namespace when something in it was deleted, ended or changed, and a quota when its limits change (pkg/controller/resourcequota).</summary>
internal sealed class ResourceQuotaController : IController
{
    private readonly ILister<ResourceQuota> _quotas;
    private readonly CountedKinds _kinds;
    private readonly ControllerLoop _loop;

    public ResourceQuotaController(ControllerContext context)
    {
        var quotas = context.Informers.For<ResourceQuota>();
        _quotas = quotas;
        _kinds = new CountedKinds(context.Client.Transport, gone => Wake(gone.Namespace), context.Clock, context.Loggers.CreateLogger<CountedKinds>());
        _loop = new ControllerLoop(
            "resourcequota", new ResourceQuotaReconciler(context.Client, _kinds, context.Clock), context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        quotas.Subscribe(OnQuota);
        context.Informers.For<Pod>().Subscribe(OnPod);
        context.Informers.For<Service>().Subscribe(change => OnObject(change, QuotaSubject.Of));
        context.Informers.For<PersistentVolumeClaim>().Subscribe(change => OnObject(change, QuotaSubject.Of));
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _loop.RunAsync(cancellationToken);
        }
        finally
        {
            await _kinds.Watches;
        }
    }

    public void Dispose() => _loop.Dispose();

    // Bookings change the status all the time; only a new limit, or a status that lacks one, asks for a count.
    private void OnQuota(InformerChange<ResourceQuota> change)
    {
        var quota = change.Object;
        if (!change.IsDeleted && (change.Old is null || !ResourceSums.Same(quota.Spec.Hard, quota.Status.Hard) || !quota.Spec.Hard.Keys.All(quota.Status.Used.ContainsKey)))
        {
            _loop.Enqueue(quota.Key());
        }
    }

    private void OnPod(InformerChange<Pod> change)
    {
        var pod = change.Object;
        var hasEnded = pod.IsTerminal() && change.Old?.IsTerminal() == false;
        var changedScope = change.Old is { } old && old.Spec.ActiveDeadlineSeconds is null != pod.Spec.ActiveDeadlineSeconds is null;
        if (change.IsDeleted || hasEnded || changedScope)
        {
            Wake(pod.Metadata.Namespace);
        }
    }

    private void OnObject<T>(InformerChange<T> change, Func<T, QuotaSubject> subject)
        where T : class, IKubeObject<T>
    {
        if (change.IsDeleted
            || (change.Old is { } old && !ResourceSums.Same(subject(old).UsageAt(DateTimeOffset.MinValue), subject(change.Object).UsageAt(DateTimeOffset.MinValue))))
        {
            Wake(change.Object.Metadata.Namespace);
        }
    }

    private void Wake(string namespaceName)
    {
        foreach (var quota in _quotas.List(namespaceName))
        {
            _loop.Enqueue(quota.Key());
        }
    }
}
