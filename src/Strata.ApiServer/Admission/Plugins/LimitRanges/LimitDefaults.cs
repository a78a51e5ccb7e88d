using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins.LimitRanges;

/// <summary>Gives containers the requests and limits that a LimitRange has for those who say nothing, and writes down in an annotation what it gave.</summary>
internal static class LimitDefaults
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public static void Apply(LimitRange range, JsonObject pod)
    {
        var requests = new SortedDictionary<string, Quantity>(StringComparer.Ordinal);
        var limits = new SortedDictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var item in range.Spec.Limits.Where(static item => item.Type == "Container"))
        {
            Collect(item.DefaultRequest, requests);
            Collect(item.Default, limits);
        }

        if (requests.Count + limits.Count == 0)
        {
            return;
        }

        var given = new List<string>();
        foreach (var (list, title) in (ReadOnlySpan<(string, string)>)[("containers", "container"), ("initContainers", "init container")])
        {
            foreach (var (container, _) in pod.Object("spec").Objects(list))
            {
                var name = $"{title} {container.TextOrEmpty("name")}";
                Give(container, "requests", requests, $"request for {name}", given);
                Give(container, "limits", limits, $"limit for {name}", given);
            }
        }

        if (given.Count > 0)
        {
            pod.Metadata().Ensure("annotations")[Annotation] = $"LimitRanger plugin set: {string.Join("; ", given)}";
        }
    }

    private static void Collect(IReadOnlyDictionary<string, Quantity> from, SortedDictionary<string, Quantity> into)
    {
        foreach (var (resource, amount) in from)
        {
            into[resource] = amount;
        }
    }

    private static void Give(JsonObject container, string side, SortedDictionary<string, Quantity> defaults, string title, List<string> given)
    {
        var names = new List<string>();
        foreach (var (resource, amount) in defaults)
        {
            if (container.Object("resources").Object(side)?[resource] is null)
            {
                container.Ensure("resources").Ensure(side)[resource] = amount.ToString();
                names.Add(resource);
            }
        }

        if (names.Count > 0)
        {
            given.Add($"{string.Join(", ", names)} {title}");
        }
    }
}
