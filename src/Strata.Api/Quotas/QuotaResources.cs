using System.Collections.Frozen;
using Strata.Api.Models;

namespace Strata.Api.Quotas;

/// <summary>Which resources of a quota the objects of a kind count towards (pkg/quota/v1/evaluator/core, one file per kind).</summary>
public static class QuotaResources
{
    private const string OfStorageClass = ".storageclass.storage.k8s.io/";

    private static readonly FrozenSet<string> OfPods = FrozenSet.Create(
        StringComparer.Ordinal, "count/pods", "pods", "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu",
        "limits.memory", "limits.ephemeral-storage");

    private static readonly FrozenSet<string> OfServices = FrozenSet.Create(StringComparer.Ordinal, "count/services", "services", "services.nodeports", "services.loadbalancers");

    private static readonly FrozenSet<string> OfClaims = FrozenSet.Create(
        StringComparer.Ordinal, "count/persistentvolumeclaims", "persistentvolumeclaims", "requests.storage");

    // Counted by their plain names before count/ came.
    private static readonly FrozenSet<string> PlainNames = FrozenSet.Create(StringComparer.Ordinal, "configmaps", "resourcequotas", "replicationcontrollers", "secrets");

    /// <summary>Whether objects of the kind count at all: events do not.</summary>
    public static bool AreCounted(KindInfo kind) => kind.Namespaced && kind.Plural != "events";

    /// <summary><c>count/deployments.apps</c>: the number of stored objects.</summary>
    public static string CountOf(KindInfo kind) => kind.Group.Length == 0 ? $"count/{kind.Plural}" : $"count/{kind.Plural}.{kind.Group}";

    /// <summary>Whether the plain name of the kind counts its objects too.</summary>
    public static bool HasPlainName(KindInfo kind) => kind.Group.Length == 0 && PlainNames.Contains(kind.Plural);

    public static bool Concerns(KindInfo kind, string resource)
    {
        if (kind == Pod.Info)
        {
            return OfPods.Contains(resource) || IsHugePages(resource) || IsDevice(resource);
        }

        if (kind == Service.Info)
        {
            return OfServices.Contains(resource);
        }

        if (kind == PersistentVolumeClaim.Info)
        {
            return OfClaims.Contains(resource) || resource.EndsWith(OfStorageClass + "requests.storage", StringComparison.Ordinal)
                || resource.EndsWith(OfStorageClass + "persistentvolumeclaims", StringComparison.Ordinal);
        }

        return resource == CountOf(kind) || (HasPlainName(kind) && resource == kind.Plural);
    }

    /// <summary>The plural and group that a count names; null for resources that count something else.</summary>
    public static (string Plural, string Group)? CountedKind(string resource)
    {
        if (PlainNames.Contains(resource))
        {
            return (resource, "");
        }

        if (!resource.StartsWith("count/", StringComparison.Ordinal))
        {
            return null;
        }

        var name = resource["count/".Length..];
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
    }

    /// <summary><c>gold.storageclass.storage.k8s.io/requests.storage</c>.</summary>
    internal static string OfClass(string storageClass, string resource) => storageClass + OfStorageClass + resource;

    /// <summary>Devices and whatever else is not Kubernetes' own.</summary>
    internal static bool IsExtended(string resource) =>
        resource.Contains('/', StringComparison.Ordinal) && !resource.Contains("kubernetes.io/", StringComparison.Ordinal)
        && !resource.StartsWith("requests.", StringComparison.Ordinal);

    private static bool IsHugePages(string resource) =>
        resource.StartsWith("hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    private static bool IsDevice(string resource) => resource.StartsWith("requests.", StringComparison.Ordinal) && IsExtended(resource["requests.".Length..]);
}
