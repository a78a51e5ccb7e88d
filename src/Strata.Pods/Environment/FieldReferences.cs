using System.Globalization;
using Strata.Api.Models;

namespace Strata.Pods.Environment;

/// <summary>The downward API: values of a pod's own fields and resources.</summary>
public static class FieldReferences
{
    /// <summary>Value of a field of the pod; null when the path is not supported. A label or annotation that does not exist reads as empty.</summary>
    public static string? Field(Pod pod, string path, PodRuntimeFacts facts) => path switch
    {
        "metadata.name" => pod.Metadata.Name,
        "metadata.namespace" => pod.Metadata.Namespace,
        "metadata.uid" => pod.Metadata.Uid,
        "metadata.labels" => Lines(pod.Metadata.Labels),
        "metadata.annotations" => Lines(pod.Metadata.Annotations),
        "spec.nodeName" => pod.Spec.NodeName,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
        "status.podIP" => facts.PodIPs.FirstOrDefault() ?? "",
        "status.podIPs" => string.Join(',', facts.PodIPs),
        "status.hostIP" => facts.HostIPs.FirstOrDefault() ?? "",
        "status.hostIPs" => string.Join(',', facts.HostIPs),
        _ => Subscript(path, "metadata.labels") is { } label ? pod.Metadata.Labels.GetValueOrDefault(label, "")
            : Subscript(path, "metadata.annotations") is { } annotation ? pod.Metadata.Annotations.GetValueOrDefault(annotation, "")
            : null,
    };

    /// <summary>Value of <c>limits.cpu</c>, <c>requests.memory</c> and the like, divided by the divisor and rounded up; null when the name is not supported.</summary>
    public static string? Resource(Container container, ResourceFieldSelector selector, PodRuntimeFacts facts)
    {
        var dot = selector.Resource.IndexOf('.', StringComparison.Ordinal);
        var (side, name) = dot < 0 ? ("", "") : (selector.Resource[..dot], selector.Resource[(dot + 1)..]);
        if (side is not ("limits" or "requests") || !(name is "cpu" or "memory" or "ephemeral-storage" || name.StartsWith("hugepages-", StringComparison.Ordinal)))
        {
            return null;
        }

        // An unset limit reads as what the node has to give; an unset request as the limit, or zero.
        var limit = container.Resources.Limits.TryGetValue(name, out var set) ? set : (Quantity?)null;
        var value = side == "limits"
            ? limit ?? facts.NodeAllocatable.GetValueOrDefault(name)
            : container.Resources.Requests.TryGetValue(name, out var request) ? request : limit ?? default;
        return Divide(value, selector.Divisor, name == "cpu").ToString(CultureInfo.InvariantCulture);
    }

    private static long Divide(Quantity value, Quantity divisor, bool inMillis)
    {
        if (inMillis)
        {
            var unit = divisor.IsZero ? 1000 : Math.Max(divisor.MilliValue, 1);
            return (value.MilliValue + unit - 1) / unit;
        }

        var bytes = divisor.IsZero ? 1 : Math.Max(divisor.Value, 1);
        return (value.Value / bytes) + (value.Value % bytes > 0 ? 1 : 0);
    }

    private static string? Subscript(string path, string field) =>
        path.StartsWith(field + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) ? path[(field.Length + 2)..^2] : null;

    // key="value" lines, sorted, the value escaped as Go's %q does. Source: pkg/fieldpath FormatMap.
    private static string Lines(IReadOnlyDictionary<string, string> map) =>
        string.Join('\n', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={GoText.Quote(pair.Value)}"));
}
