using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Core.ResourceQuotas;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.LimitRanges;

/// <summary>Rules of LimitRanges: min, default request, default and max of a resource are in this order (core: validation.go ValidateLimitRange).</summary>
internal static class LimitRangeValidation
{
    public static readonly string[] Maps = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

    public static void Validate(JsonObject? spec, FieldErrors errors)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, index) in spec.Objects("limits"))
        {
            var path = $"spec.limits[{index}]";
            var type = item.TextOrEmpty("type");
            ValidateType(type, $"{path}.type", errors);
            if (!types.Add(type))
            {
                errors.Duplicate($"{path}.type", type);
            }

            ValidateNames(item, type, path, errors);
            if (type == "PersistentVolumeClaim" && item.Object("min")?["storage"] is null && item.Object("max")?["storage"] is null)
            {
                errors.Required($"{path}.limits", "either minimum or maximum storage value is required, but neither was provided");
            }

            foreach (var resource in Maps.SelectMany(field => item.Object(field)?.Select(static entry => entry.Key) ?? []).Distinct().Order(StringComparer.Ordinal))
            {
                ValidateOrder(item, type, resource, path, errors);
            }
        }
    }

    private static void ValidateType(string type, string path, FieldErrors errors)
    {
        if (type.Length == 0)
        {
            errors.Required(path);
            return;
        }

        QualifiedNames.Validate(type, path, errors);
        if (!type.Contains('/', StringComparison.Ordinal) && type is not ("Pod" or "Container" or "PersistentVolumeClaim"))
        {
            errors.Invalid(path, type, "must be a standard limit type or fully qualified");
        }
    }

    private static void ValidateNames(JsonObject item, string type, string path, FieldErrors errors)
    {
        foreach (var field in Maps)
        {
            var map = item.Object(field);
            if (type == "Pod" && field.StartsWith("default", StringComparison.Ordinal))
            {
                if (map is { Count: > 0 })
                {
                    errors.Forbidden($"{path}.{field}", "may not be specified when `type` is 'Pod'");
                }

                continue;
            }

            foreach (var (resource, _) in map ?? [])
            {
                ResourceNames.Validate(resource, $"{path}.{field}[{resource}]", errors);
            }
        }
    }

    private static void ValidateOrder(JsonObject item, string type, string resource, string path, FieldErrors errors)
    {
        var isPod = type == "Pod";
        var min = item.Object("min").Read(resource);
        var max = item.Object("max").Read(resource);
        var limit = isPod ? null : item.Object("default").Read(resource);
        var request = isPod ? null : item.Object("defaultRequest").Read(resource);
        Check("min", min, min, max, "min value {0} is greater than max value {1}");
        Check("defaultRequest", request, min, request, "min value {0} is greater than default request value {1}");
        Check("defaultRequest", request, request, max, "default request value {0} is greater than max value {1}");
        Check("defaultRequest", request, request, limit, "default request value {0} is greater than default limit value {1}");
        Check("default", limit, min, limit, "min value {0} is greater than default value {1}");
        Check("default", limit, limit, max, "default value {0} is greater than max value {1}");
        if (item.Object("maxLimitRequestRatio").Read(resource) is { } ratio)
        {
            ValidateRatio(ratio, min, max, $"{path}.maxLimitRequestRatio[{resource}]", errors);
        }

        void Check(string field, Quantity? shown, Quantity? lower, Quantity? upper, string problem)
        {
            if (lower > upper)
            {
                errors.Invalid($"{path}.{field}[{resource}]", shown?.ToString(), string.Format(CultureInfo.InvariantCulture, problem, lower, upper));
            }
        }
    }

    private static void ValidateRatio(Quantity ratio, Quantity? min, Quantity? max, string path, FieldErrors errors)
    {
        if (ratio.MilliValue < 1000)
        {
            errors.Invalid(path, ratio.ToString(), $"ratio {ratio} is less than 1");
        }

        if (min is { IsZero: false } least && max is { } most && (double)most.MilliValue / least.MilliValue is var limit && ratio.MilliValue / 1000.0 > limit)
        {
            errors.Invalid(path, ratio.ToString(), string.Create(CultureInfo.InvariantCulture, $"ratio {ratio} is greater than max/min = {limit:F6}"));
        }
    }
}
