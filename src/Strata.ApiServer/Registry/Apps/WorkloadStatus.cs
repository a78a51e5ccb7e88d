using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps;

/// <summary>Counts in the status of a workload: none is negative, and no part is greater than the whole (apps: validation.go ValidateReplicaSetStatus and its like).</summary>
internal static class WorkloadStatus
{
    /// <summary>Status of ReplicaSets and ReplicationControllers.</summary>
    public static void ValidateReplicas(JsonObject? status, FieldErrors errors)
    {
        status.ValidateCounts("status", errors, "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration");
        ValidateParts(status, "readyReplicas", errors, "fullyLabeledReplicas", "readyReplicas", "availableReplicas");
    }

    /// <param name="readyName">How the message names the ready pods, which bound those available.</param>
    public static void ValidateParts(JsonObject? status, string readyName, FieldErrors errors, params ReadOnlySpan<string> parts)
    {
        var replicas = status.Number("replicas") ?? 0;
        foreach (var part in parts)
        {
            if (status.Number(part) > replicas)
            {
                errors.Invalid($"status.{part}", status.Number(part), "cannot be greater than status.replicas");
            }
        }

        if (status.Number("availableReplicas") > (status.Number("readyReplicas") ?? 0))
        {
            errors.Invalid("status.availableReplicas", status.Number("availableReplicas"), $"cannot be greater than {readyName}");
        }
    }
}
