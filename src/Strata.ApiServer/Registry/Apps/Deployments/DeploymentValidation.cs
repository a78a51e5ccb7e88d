using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.Deployments;

/// <summary>Rules of Deployments (apps: validation.go ValidateDeploymentSpec).</summary>
internal static class DeploymentValidation
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        WorkloadValidation.Validate(target, "deployment", errors);
        var spec = target.Object("spec");
        ValidateStrategy(spec.Object("strategy"), errors);
        spec.ValidateNotNegative("revisionHistoryLimit", "spec", errors);
        spec.ValidateNotNegative("progressDeadlineSeconds", "spec", errors);
        if (spec.Number("progressDeadlineSeconds") is { } deadline && deadline <= (spec.Number("minReadySeconds") ?? 0))
        {
            errors.Invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
        }
    }

    public static void ValidateStatus(JsonObject? status, JsonObject? old, FieldErrors errors)
    {
        status.ValidateCounts(
            "status", errors, "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas", "collisionCount");
        WorkloadStatus.ValidateParts(status, "readyReplicas", errors, "updatedReplicas", "readyReplicas", "availableReplicas");
        status.ValidateNotDecremented(old, "collisionCount", "status", errors);
    }

    private static void ValidateStrategy(JsonObject? strategy, FieldErrors errors)
    {
        switch (strategy.TextOrEmpty("type"))
        {
            case "Recreate":
                if (strategy.Object("rollingUpdate") is not null)
                {
                    errors.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
                }

                break;
            case "RollingUpdate":
                ValidateRolling(strategy.Object("rollingUpdate"), "spec.strategy.rollingUpdate", errors);
                break;
            case var other:
                errors.NotSupported("spec.strategy.type", other, "Recreate", "RollingUpdate");
                break;
        }
    }

    private static void ValidateRolling(JsonObject? rolling, string path, FieldErrors errors)
    {
        if (rolling is null)
        {
            errors.Required(path);
            return;
        }

        var unavailable = rolling["maxUnavailable"];
        Numbers.ValidateCountOrPercent(unavailable, $"{path}.maxUnavailable", errors);
        Numbers.ValidateCountOrPercent(rolling["maxSurge"], $"{path}.maxSurge", errors);
        if (Numbers.IsZero(unavailable) && Numbers.IsZero(rolling["maxSurge"]))
        {
            errors.Invalid($"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0");
        }

        Numbers.ValidateAtMostAll(unavailable, $"{path}.maxUnavailable", errors);
    }
}
