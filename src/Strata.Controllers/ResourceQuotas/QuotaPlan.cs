using Strata.Api.Models;
using Strata.Api.Quotas;

namespace Strata.Controllers.ResourceQuotas;

/// <summary>What the status of a quota should say (pkg/controller/resourcequota: syncResourceQuota).</summary>
internal static class QuotaPlan
{
    /// <param name="objects">Pods, services and claims of the namespace, as far as the quota is about them.</param>
    /// <param name="counts">Numbers of other objects, by resource.</param>
    /// <param name="now">Pods whose time is over do not count.</param>
    public static ResourceQuotaStatus Compute(ResourceQuota quota, IEnumerable<QuotaSubject> objects, IReadOnlyDictionary<string, Quantity> counts, DateTimeOffset now)
    {
        var used = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var resource in quota.Spec.Hard.Keys)
        {
            if (counts.TryGetValue(resource, out var count))
            {
                used[resource] = count;
            }
            else if (IsMeasured(resource))
            {
                used[resource] = Quantity.FromValue(0);
            }
            else if (quota.Status.Used.TryGetValue(resource, out var before))
            {
                used[resource] = before; // Nobody knows how to count it now.
            }
        }

        foreach (var item in objects.Where(item => item.IsIn(quota.Spec)))
        {
            foreach (var (resource, amount) in item.UsageAt(now).Where(entry => used.ContainsKey(entry.Key)))
            {
                used[resource] = used[resource] + amount;
            }
        }

        return new ResourceQuotaStatus { Hard = quota.Spec.Hard, Used = used };
    }

    /// <summary>Whether objects of the kind have to be looked at one by one for this quota.</summary>
    public static bool Needs(ResourceQuota quota, KindInfo kind) => quota.Spec.Hard.Keys.Any(resource => QuotaResources.Concerns(kind, resource));

    /// <summary>The resources of which the number of objects counts, with the kind's plural and group.</summary>
    public static IEnumerable<(string Resource, string Plural, string Group)> Counted(ResourceQuota quota) =>
        from resource in quota.Spec.Hard.Keys
        where !IsMeasured(resource)
        let kind = QuotaResources.CountedKind(resource)
        where kind is not null
        select (resource, kind.Value.Plural, kind.Value.Group);

    /// <summary>Scopes are about pods and claims; no other object is in any.</summary>
    public static bool HasScopes(ResourceQuota quota) => quota.Spec.Scopes.Count > 0 || quota.Spec.ScopeSelector is { MatchExpressions.Count: > 0 };

    private static bool IsMeasured(string resource) =>
        QuotaResources.Concerns(Pod.Info, resource) || QuotaResources.Concerns(Service.Info, resource) || QuotaResources.Concerns(PersistentVolumeClaim.Info, resource);
}
