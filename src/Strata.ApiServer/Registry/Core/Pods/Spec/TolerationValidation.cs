using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of tolerations (core: validation.go ValidateTolerations).</summary>
internal static class TolerationValidation
{
    public static void Validate(JsonObject spec, string path, FieldErrors errors)
    {
        foreach (var (toleration, index) in spec.Objects("tolerations"))
        {
            ValidateOne(toleration, $"{path}[{index}]", errors);
        }
    }

    private static void ValidateOne(JsonObject toleration, string path, FieldErrors errors)
    {
        var key = toleration.Text("key");
        var operation = toleration.TextOrEmpty("operator");
        var effect = toleration.TextOrEmpty("effect");
        if (key is not null)
        {
            QualifiedNames.Validate(key, $"{path}.key", errors);
        }
        else if (operation != "Exists")
        {
            errors.Invalid($"{path}.operator", operation, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        }

        if (toleration.Number("tolerationSeconds") is not null && effect != "NoExecute")
        {
            errors.Invalid($"{path}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }

        switch (operation)
        {
            case "" or "Equal":
                QualifiedNames.ValidateLabelValue(toleration.TextOrEmpty("value"), $"{path}.operator", errors);
                break;
            case "Exists":
                if (toleration.Text("value") is not null)
                {
                    errors.Invalid($"{path}.operator", toleration, "value must be empty when `operator` is 'Exists'");
                }

                break;
            default:
                errors.NotSupported($"{path}.operator", operation, "Equal", "Exists");
                break;
        }

        if (effect is not ("" or "NoSchedule" or "PreferNoSchedule" or "NoExecute"))
        {
            errors.NotSupported($"{path}.effect", effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }
}
