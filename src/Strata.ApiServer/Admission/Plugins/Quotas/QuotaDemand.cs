using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.Api.Quotas;

namespace Strata.ApiServer.Admission.Plugins.Quotas;

/// <summary>What one write asks of the quotas of its namespace. Pure (apiserver: plugin/resourcequota/controller.go CheckRequest).</summary>
internal sealed class QuotaDemand
{
    private static readonly Dictionary<string, Quantity> Nothing = [];

    private readonly bool _isUpdate;
    private readonly QuotaSubject _wanted;
    private readonly QuotaSubject? _old;

    private QuotaDemand(bool isUpdate, QuotaSubject wanted, QuotaSubject? old)
    {
        _isUpdate = isUpdate;
        _wanted = wanted;
        _old = old;
    }

    /// <summary>Whether the write can change what is used: creations, and for services and claims also updates.</summary>
    public static bool IsMadeBy(AdmissionRequest request) =>
        request.Subresource.Length == 0 && request.Object is not null && QuotaResources.AreCounted(request.Kind)
        && (request.Operation == AdmissionOperation.Create
            || (request.Operation == AdmissionOperation.Update && (request.Kind == Service.Info || request.Kind == PersistentVolumeClaim.Info)));

    public static QuotaDemand Of(AdmissionRequest request) => new(
        request.Operation == AdmissionOperation.Update, SubjectOf(request.Kind, request.Object!), request.OldObject is { } old ? SubjectOf(request.Kind, old) : null);

    /// <summary>What the quota is to be charged with; empty when the write does not concern it.</summary>
    /// <param name="used">What the quota has given out so far.</param>
    /// <param name="problem">Why the quota refuses; null when it does not.</param>
    public Dictionary<string, Quantity> Against(ResourceQuota quota, IReadOnlyDictionary<string, Quantity> used, DateTimeOffset now, out string? problem)
    {
        problem = null;
        var concerned = quota.Status.Hard.Keys.Where(_wanted.Concerns).ToList();
        if (concerned.Count == 0 || !_wanted.IsIn(quota.Spec))
        {
            return Nothing;
        }

        var name = quota.Metadata.Name;
        if (!_isUpdate && _wanted.Missing(concerned) is { } missing)
        {
            problem = $"failed quota: {name}: {missing}";
        }
        else if (!concerned.TrueForAll(used.ContainsKey))
        {
            problem = $"status unknown for quota: {name}, resources: {string.Join(',', concerned.Order(StringComparer.Ordinal))}";
        }

        if (problem is not null)
        {
            return Nothing;
        }

        var charge = ChargeOn(quota, now);
        var exceeded = charge.Where(entry => used[entry.Key] + entry.Value > quota.Status.Hard[entry.Key]).Select(static entry => entry.Key).ToList();
        if (exceeded.Count > 0)
        {
            problem = $"exceeded quota: {name}, requested: {ResourceSums.Describe(charge, exceeded)}, used: {ResourceSums.Describe(used, exceeded)}, "
                + $"limited: {ResourceSums.Describe(quota.Status.Hard, exceeded)}";
            return Nothing;
        }

        return charge;
    }

    // An update is charged with what it adds. What it gives up is found out by the quota controller, which counts anew.
    private Dictionary<string, Quantity> ChargeOn(ResourceQuota quota, DateTimeOffset now)
    {
        var charge = _wanted.UsageAt(now);
        if (_isUpdate && _old?.IsIn(quota.Spec) == true)
        {
            charge.Subtract(_old.UsageAt(now));
        }

        foreach (var name in charge.Where(entry => entry.Value.IsZero || !quota.Status.Hard.ContainsKey(entry.Key)).Select(static entry => entry.Key).ToList())
        {
            charge.Remove(name);
        }

        return charge;
    }

    private static QuotaSubject SubjectOf(KindInfo kind, JsonObject target) => QuotaSubject.Parse(kind, JsonBytes.Serialize(target));
}
