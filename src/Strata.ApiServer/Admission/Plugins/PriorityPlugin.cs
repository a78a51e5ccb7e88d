using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Turns a pod's priority class into a number (plugin/pkg/admission/priority). PriorityClass objects are not served: there are the two system classes
/// and none.</summary>
internal sealed class PriorityPlugin : IAdmissionPlugin
{
    public const long SystemClusterCritical = 2_000_000_000;
    public const long SystemNodeCritical = 2_000_001_000;

    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == Pod.Info && request.Subresource.Length == 0 && request.Object is { } pod)
        {
            if (request.Operation == AdmissionOperation.Create)
            {
                Resolve(request, pod.Ensure("spec"));
            }
            else if (request.Operation == AdmissionOperation.Update)
            {
                Keep(pod.Ensure("spec"), request.OldObject.Object("spec"));
            }
        }

        return ValueTask.CompletedTask;
    }

    private static void Resolve(AdmissionRequest request, JsonObject spec)
    {
        var priority = spec.Text("priorityClassName") switch
        {
            null => 0,
            "system-cluster-critical" => SystemClusterCritical,
            "system-node-critical" => SystemNodeCritical,
            var unknown => throw ApiErrors.Forbidden(request.Kind, request.Name, $"no PriorityClass with name {unknown} was found"),
        };
        if (spec.Number("priority") is { } given && given != priority)
        {
            throw ApiErrors.Forbidden(
                request.Kind, request.Name,
                $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name");
        }

        spec["priority"] = JsonNumber.Create(priority);
        spec.DefaultText("preemptionPolicy", "PreemptLowerPriority");
    }

    // A client that sends a manifest back without what was computed does not mean to change it.
    private static void Keep(JsonObject spec, JsonObject? oldSpec)
    {
        foreach (var field in (ReadOnlySpan<string>)["priority", "preemptionPolicy"])
        {
            if (spec[field] is null)
            {
                spec.Restore(oldSpec, field);
            }
        }
    }
}
