using Strata.Api.Models;

namespace Strata.Api.Quotas;

/// <summary>An object as quotas see it. The API server charges by it and the quota controller counts by it, so that both come to the same number
/// (pkg/quota/v1/evaluator/core).</summary>
public sealed class QuotaSubject
{
    private static readonly Quantity One = Quantity.FromValue(1);

    // A quota of these refuses pods that do not say what they need; upstream calls it a mistake to be kept and not repeated.
    private static readonly string[] Demanded = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];

    private readonly KindInfo _kind;
    private readonly IKubeObject? _content;

    private QuotaSubject(KindInfo kind, IKubeObject? content)
    {
        _kind = kind;
        _content = content;
    }

    public static QuotaSubject Of(Pod pod) => new(Pod.Info, pod);

    public static QuotaSubject Of(Service service) => new(Service.Info, service);

    public static QuotaSubject Of(PersistentVolumeClaim claim) => new(PersistentVolumeClaim.Info, claim);

    /// <summary>An object of a kind of which only the number counts.</summary>
    public static QuotaSubject Of(KindInfo kind) => new(kind, null);

    /// <summary>An object from its JSON.</summary>
    /// <exception cref="System.Text.Json.JsonException">The JSON does not fit the kind.</exception>
    public static QuotaSubject Parse(KindInfo kind, ReadOnlySpan<byte> json) =>
        kind == Pod.Info ? Of(ModelJson.Parse<Pod>(json))
        : kind == Service.Info ? Of(ModelJson.Parse<Service>(json))
        : kind == PersistentVolumeClaim.Info ? Of(ModelJson.Parse<PersistentVolumeClaim>(json))
        : Of(kind);

    /// <summary>Whether the scopes of the quota include the object. What has no scopes is in quotas without scopes only.</summary>
    public bool IsIn(ResourceQuotaSpec quota) => QuotaScopes.Of(quota).All(scope => _content switch
    {
        Pod pod => QuotaScopes.Matches(scope, pod),
        PersistentVolumeClaim claim => QuotaScopes.Matches(scope, claim),
        _ => false,
    });

    /// <summary>Whether the object counts towards a resource of a quota.</summary>
    public bool Concerns(string resource) => QuotaResources.Concerns(_kind, resource);

    /// <summary>What the object uses.</summary>
    /// <param name="now">A pod counts until its grace period is over, whether or not its node has confirmed the end.</param>
    public Dictionary<string, Quantity> UsageAt(DateTimeOffset now)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [QuotaResources.CountOf(_kind)] = One };
        switch (_content)
        {
            case Pod pod when IsCharged(pod, now):
                AddPod(usage, pod.Spec);
                break;
            case Service service:
                AddService(usage, service.Spec);
                break;
            case PersistentVolumeClaim claim:
                AddClaim(usage, claim);
                break;
            case null when QuotaResources.HasPlainName(_kind):
                usage[_kind.Plural] = One;
                break;
        }

        return usage;
    }

    /// <summary>What containers must say and do not, as <c>must specify cpu for: a,b; memory for: a</c>; null when nothing is missing.</summary>
    /// <param name="resources">What the quota limits.</param>
    public string? Missing(IReadOnlyCollection<string> resources)
    {
        if (_content is not Pod pod || pod.Spec.Resources is { Requests.Count: > 0 } or { Limits.Count: > 0 })
        {
            return null; // KEP-2837: a pod that speaks for itself need not have its containers speak.
        }

        var parts = new List<string>();
        foreach (var resource in Demanded.Where(resources.Contains))
        {
            var silent = pod.Spec.Containers.Concat(pod.Spec.InitContainers).Where(container => !IsSaid(container.Resources, resource)).Select(static container => container.Name);
            var names = string.Join(',', silent.Distinct().Order(StringComparer.Ordinal));
            if (names.Length > 0)
            {
                parts.Add($"{resource} for: {names}");
            }
        }

        return parts.Count == 0 ? null : $"must specify {string.Join("; ", parts)}";
    }

    private static bool IsSaid(ResourceRequirements resources, string demanded) => demanded.StartsWith("limits.", StringComparison.Ordinal)
        ? resources.Limits.ContainsKey(demanded["limits.".Length..])
        : resources.Requests.ContainsKey(demanded.StartsWith("requests.", StringComparison.Ordinal) ? demanded["requests.".Length..] : demanded);

    private static bool IsCharged(Pod pod, DateTimeOffset now) =>
        !pod.IsTerminal()
        && !(pod.Metadata is { DeletionTimestamp: { } deletion, DeletionGracePeriodSeconds: { } grace } && now > deletion + TimeSpan.FromSeconds(grace));

    private static void AddPod(Dictionary<string, Quantity> usage, PodSpec spec)
    {
        usage["pods"] = One;
        foreach (var (resource, amount) in PodTotals.Requests(spec))
        {
            if (resource is "cpu" or "memory" or "ephemeral-storage" || resource.StartsWith("hugepages-", StringComparison.Ordinal))
            {
                usage[resource] = amount;
                usage["requests." + resource] = amount;
            }
            else if (QuotaResources.IsExtended(resource))
            {
                usage["requests." + resource] = amount;
            }
        }

        foreach (var (resource, amount) in PodTotals.Limits(spec))
        {
            if (resource is "cpu" or "memory" or "ephemeral-storage")
            {
                usage["limits." + resource] = amount;
            }
        }
    }

    private static void AddService(Dictionary<string, Quantity> usage, ServiceSpec spec)
    {
        usage["services"] = One;
        if (spec.Type == "LoadBalancer")
        {
            usage["services.loadbalancers"] = One;
        }

        // A load balancer that needs no node ports still has those it was given (services.go: portsWithNodePorts).
        var ports = spec.Type == "NodePort" || (spec.Type == "LoadBalancer" && spec.AllocateLoadBalancerNodePorts != false)
            ? spec.Ports.Count
            : spec.Type == "LoadBalancer" ? spec.Ports.Count(static port => port.NodePort != 0) : 0;
        if (ports > 0)
        {
            usage["services.nodeports"] = Quantity.FromValue(ports);
        }
    }

    private static void AddClaim(Dictionary<string, Quantity> usage, PersistentVolumeClaim claim)
    {
        usage["persistentvolumeclaims"] = One;
        var storageClass = claim.Metadata.Annotations.GetValueOrDefault("volume.beta.kubernetes.io/storage-class") ?? claim.Spec.StorageClassName ?? "";
        if (storageClass.Length > 0)
        {
            usage[QuotaResources.OfClass(storageClass, "persistentvolumeclaims")] = One;
        }

        if (claim.Spec.Resources.Requests.TryGetValue("storage", out var wanted))
        {
            // While a volume shrinks back from a failed expansion, what was promised counts (KEP-1790).
            var size = claim.Status.AllocatedResources.TryGetValue("storage", out var promised) && promised > wanted ? promised : wanted;
            usage["requests.storage"] = size;
            if (storageClass.Length > 0)
            {
                usage[QuotaResources.OfClass(storageClass, "requests.storage")] = size;
            }
        }
    }
}
