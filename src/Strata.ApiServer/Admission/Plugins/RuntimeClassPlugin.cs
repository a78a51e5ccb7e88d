using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Adds to a pod what its runtime class costs, and where its nodes are (plugin/pkg/admission/runtimeclass; KEP-688).</summary>
internal sealed class RuntimeClassPlugin(IObjectReader objects) : IAdmissionPlugin
{
    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != Pod.Info || request.Subresource.Length > 0 || request.Operation != AdmissionOperation.Create || request.Object is not { } pod)
        {
            return;
        }

        var spec = pod.Ensure("spec");
        if (spec.Text("runtimeClassName") is not { } name)
        {
            SetOverhead(request, spec, null);
            return;
        }

        var found = await objects.FindAsync<RuntimeClass>("", name, cancellationToken)
            ?? throw ApiErrors.Forbidden(request.Kind, request.Name, $"pod rejected: RuntimeClass \"{name}\" not found");
        SetOverhead(request, spec, found.Overhead);
        if (found.Scheduling is { } scheduling)
        {
            SetNodeSelector(request, spec, scheduling.NodeSelector);
            AddTolerations(spec, scheduling.Tolerations);
        }
    }

    private static void SetOverhead(AdmissionRequest request, JsonObject spec, Overhead? overhead)
    {
        var given = spec.Object("overhead");
        if (overhead is null)
        {
            if (given is { Count: > 0 })
            {
                throw ApiErrors.Forbidden(request.Kind, request.Name, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
            }

            return;
        }

        if (given is not null && !(given.Count == overhead.PodFixed.Count && overhead.PodFixed.All(entry => given.Read(entry.Key) == entry.Value)))
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }

        spec["overhead"] = new JsonObject(overhead.PodFixed.OrderBy(static entry => entry.Key, StringComparer.Ordinal)
            .Select(static entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value.ToString())));
    }

    private static void SetNodeSelector(AdmissionRequest request, JsonObject spec, IReadOnlyDictionary<string, string> selector)
    {
        foreach (var (label, value) in selector)
        {
            if (spec.Object("nodeSelector").Text(label) is { } other && other != value)
            {
                throw ApiErrors.Forbidden(
                    request.Kind, request.Name, $"conflict: runtimeClass.scheduling.nodeSelector[{label}] = {value}; pod.spec.nodeSelector[{label}] = {other}");
            }

            spec.Ensure("nodeSelector")[label] = value;
        }
    }

    private static void AddTolerations(JsonObject spec, IReadOnlyList<Toleration> added)
    {
        var tolerations = spec.Array("tolerations") ?? [];
        foreach (var toleration in added.Select(static item => JsonNode.Parse(ModelJson.Serialize(item))))
        {
            if (!tolerations.Any(known => JsonSemantics.AreEqual(known, toleration)))
            {
                tolerations.Add(toleration);
            }
        }

        if (tolerations.Count > 0)
        {
            spec["tolerations"] = tolerations;
        }
    }
}
