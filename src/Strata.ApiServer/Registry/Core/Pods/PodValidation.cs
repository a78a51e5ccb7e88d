using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods;

/// <summary>Rules of a whole pod (core: validation.go ValidatePod).</summary>
internal static class PodValidation
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        PodSpecValidation.Validate(spec, "spec", errors);
        if (spec.Text("nodeName") is not null && spec.Count("schedulingGates") > 0)
        {
            errors.Forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
        }
    }
}
