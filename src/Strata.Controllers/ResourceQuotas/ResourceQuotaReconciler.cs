using Strata.Api;
using Strata.Api.Models;
using Strata.Api.Quotas;
using Strata.Client;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.ResourceQuotas;

/// <summary>Counts anew what a quota is used for. The API server books what comes; here is found out what has gone, and what was there before the quota.</summary>
/// <remarks>Reads the quota first and then the objects, from the server and not from a lister: everything that was booked on that version of the quota, and stored, is
/// counted, and a version that has changed meanwhile makes the update fail. What is booked and not yet stored the API server knows, and refuses.</remarks>
internal sealed class ResourceQuotaReconciler(IKubeClient client, CountedKinds kinds, TimeProvider clock) : IReconciler
{
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5);

    // For kinds that the server may begin to serve, such as custom resources.
    private static readonly TimeSpan UnknownKind = TimeSpan.FromSeconds(30);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var found = await client.ListAsync<ResourceQuota>(key.Namespace, new ListOptions(FieldSelector: $"metadata.name={key.Name}"), cancellationToken);
        if (found.Items is not [{ } quota] || quota.IsDeleting())
        {
            return ReconcileResult.Settled;
        }

        var objects = new List<QuotaSubject>();
        await AddAsync<Pod>(quota, objects, QuotaSubject.Of, cancellationToken);
        await AddAsync<Service>(quota, objects, QuotaSubject.Of, cancellationToken);
        await AddAsync<PersistentVolumeClaim>(quota, objects, QuotaSubject.Of, cancellationToken);
        var status = QuotaPlan.Compute(quota, objects, await CountAsync(quota, cancellationToken), clock.GetUtcNow());
        if (!ResourceSums.Same(status.Hard, quota.Status.Hard) || !ResourceSums.Same(status.Used, quota.Status.Used))
        {
            await client.UpdateAsync(quota with { Status = status }, "status", cancellationToken);
        }

        return ReconcileResult.RecheckAfter(QuotaPlan.Counted(quota).All(entry => status.Used.ContainsKey(entry.Resource)) ? Resync : UnknownKind);
    }

    private async Task AddAsync<T>(ResourceQuota quota, List<QuotaSubject> objects, Func<T, QuotaSubject> subject, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        if (QuotaPlan.Needs(quota, T.Info))
        {
            objects.AddRange((await client.ListAsync<T>(quota.Metadata.Namespace, ListOptions.All, cancellationToken)).Items.Select(subject));
        }
    }

    private async Task<IReadOnlyDictionary<string, Quantity>> CountAsync(ResourceQuota quota, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (resource, plural, group) in QuotaPlan.Counted(quota))
        {
            if (await kinds.CountAsync(plural, group, quota.Metadata.Namespace, cancellationToken) is { } count)
            {
                counts[resource] = Quantity.FromValue(QuotaPlan.HasScopes(quota) ? 0 : count);
            }
        }

        return counts;
    }
}
