using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Keeps pods off a new node until the node lifecycle controller has seen it ready (plugin/pkg/admission/nodetaint).</summary>
internal sealed class TaintNodesByConditionPlugin : IAdmissionPlugin
{
    private const string NotReady = "node.kubernetes.io/not-ready";

    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != Node.Info || request.Subresource.Length > 0 || request.Operation != AdmissionOperation.Create || request.Object is not { } node)
        {
            return ValueTask.CompletedTask;
        }

        var spec = node.Ensure("spec");
        if (!spec.Objects("taints").Any(static taint => taint.Item.Text("key") == NotReady && taint.Item.Text("effect") == "NoSchedule"))
        {
            var taints = spec.Array("taints") ?? [];
            taints.Add((JsonNode)new JsonObject { ["key"] = NotReady, ["effect"] = "NoSchedule" });
            spec["taints"] = taints;
        }

        return ValueTask.CompletedTask;
    }
}
