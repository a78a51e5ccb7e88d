using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Autoscaling.HorizontalPodAutoscalers;

/// <summary>Rules of HorizontalPodAutoscalers (autoscaling: validation.go). Scaling to zero is not offered, as upstream's default is.</summary>
internal static class HorizontalPodAutoscalerValidation
{
    private const int LongestWindowSeconds = 3600;
    private const int LongestPeriodSeconds = 1800;

    private static readonly (string Type, string Field)[] Sources =
        [("ContainerResource", "containerResource"), ("External", "external"), ("Object", "object"), ("Pods", "pods"), ("Resource", "resource")];

    public static void Validate(JsonObject? spec, FieldErrors errors)
    {
        var least = spec.Number("minReplicas");
        var most = spec.Number("maxReplicas") ?? 0;
        if (least < 1)
        {
            errors.Invalid("spec.minReplicas", least, "must be greater than or equal to 1");
        }

        if (most < 1)
        {
            errors.Invalid("spec.maxReplicas", most, "must be greater than 0");
        }

        if (most < least)
        {
            errors.Invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
        }

        ValidateReference(spec.Object("scaleTargetRef"), "spec.scaleTargetRef", errors);
        foreach (var (metric, index) in spec.Objects("metrics"))
        {
            ValidateMetric(metric, $"spec.metrics[{index}]", errors);
        }

        ValidateRules(spec.Object("behavior").Object("scaleUp"), "spec.behavior.scaleUp", errors);
        ValidateRules(spec.Object("behavior").Object("scaleDown"), "spec.behavior.scaleDown", errors);
    }

    private static void ValidateReference(JsonObject? reference, string path, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["kind", "name"])
        {
            if (reference.Text(field) is { } text)
            {
                PathSegments.Validate(text, $"{path}.{field}", errors);
            }
            else
            {
                errors.Required($"{path}.{field}");
            }
        }
    }

    private static void ValidateMetric(JsonObject metric, string path, FieldErrors errors)
    {
        var type = metric.TextOrEmpty("type");
        if (type.Length == 0)
        {
            errors.Required($"{path}.type", "must specify a metric source type");
            return;
        }

        var expected = Array.Find(Sources, source => source.Type == type).Field;
        if (expected is null)
        {
            errors.NotSupported($"{path}.type", type, "ContainerResource", "External", "Object", "Pods", "Resource");
            return;
        }

        if (metric.Object(expected) is { } given)
        {
            ValidateSource(type, given, $"{path}.{expected}", errors);
        }
        else
        {
            errors.Required($"{path}.{expected}", "must populate information for the given metric source");
        }

        foreach (var (_, field) in Sources)
        {
            if (field != expected && metric.Object(field) is not null)
            {
                errors.Forbidden($"{path}.{field}", "must populate the given metric source only");
            }
        }
    }

    private static void ValidateSource(string type, JsonObject source, string path, FieldErrors errors)
    {
        var target = source.Object("target");
        if (type == "Object")
        {
            ValidateReference(source.Object("describedObject"), $"{path}.describedObject", errors);
        }

        if (type is "Resource" or "ContainerResource")
        {
            ValidateResource(type, source, path, errors);
        }
        else if (source.Object("metric").Text("name") is { } metric)
        {
            PathSegments.Validate(metric, $"{path}.metric.name", errors);
        }
        else
        {
            errors.Required($"{path}.metric.name", "must specify a metric name");
        }

        ValidateTarget(target, $"{path}.target", errors);
        var hasAverage = target?["averageValue"] is not null;
        var hasValue = target?["value"] is not null;
        var hasUtilization = target?["averageUtilization"] is not null;
        switch (type)
        {
            case "Object" when !hasValue && !hasAverage:
                errors.Required($"{path}.target.averageValue", "must set either a target value or averageValue");
                break;
            case "External" when !hasValue && !hasAverage:
                errors.Required($"{path}.target.averageValue", "must set either a target value for metric or a per-pod target");
                break;
            case "External" when hasValue && hasAverage:
                errors.Forbidden($"{path}.target.value", "may not set both a target value for metric and a per-pod target");
                break;
            case "Pods" when !hasAverage:
                errors.Required($"{path}.target.averageValue", "must specify a positive target averageValue");
                break;
            case "Resource" or "ContainerResource" when !hasUtilization && !hasAverage:
                errors.Required($"{path}.target.averageUtilization", "must set either a target raw value or a target utilization");
                break;
            case "Resource" or "ContainerResource" when hasUtilization && hasAverage:
                errors.Forbidden($"{path}.target.averageValue", "may not set both a target raw value and a target utilization");
                break;
        }
    }

    private static void ValidateResource(string type, JsonObject source, string path, FieldErrors errors)
    {
        if (source.Text("name") is null)
        {
            errors.Required($"{path}.name", "must specify a resource name");
        }

        if (type != "ContainerResource")
        {
            return;
        }

        if (source.Text("container") is { } container)
        {
            ObjectNames.ValidateLabel(container, $"{path}.container", errors);
        }
        else
        {
            errors.Required($"{path}.container", "must specify a container");
        }
    }

    private static void ValidateTarget(JsonObject? target, string path, FieldErrors errors)
    {
        var type = target.TextOrEmpty("type");
        if (type.Length == 0)
        {
            errors.Required($"{path}.type", "must specify a metric target type");
        }
        else if (type is not ("Utilization" or "Value" or "AverageValue"))
        {
            errors.Invalid($"{path}.type", type, "must be either Utilization, Value, or AverageValue");
        }

        foreach (var field in (ReadOnlySpan<string>)["value", "averageValue"])
        {
            if (target.Read(field) is { } quantity && (quantity.IsNegative || quantity.IsZero))
            {
                errors.Invalid($"{path}.{field}", quantity.ToString(), "must be positive");
            }
        }

        if (target.Number("averageUtilization") is < 1 and var percent)
        {
            errors.Invalid($"{path}.averageUtilization", percent, "must be greater than 0");
        }
    }

    private static void ValidateRules(JsonObject? rules, string path, FieldErrors errors)
    {
        if (rules is null)
        {
            return;
        }

        switch (rules.Number("stabilizationWindowSeconds"))
        {
            case < 0 and var negative:
                errors.Invalid($"{path}.stabilizationWindowSeconds", negative, "must be greater than or equal to zero");
                break;
            case > LongestWindowSeconds and var tooLong:
                errors.Invalid($"{path}.stabilizationWindowSeconds", tooLong, $"must be less than or equal to {LongestWindowSeconds}");
                break;
        }

        if (rules.Text("selectPolicy") is not (null or "Max" or "Min" or "Disabled") and var select)
        {
            errors.NotSupported($"{path}.selectPolicy", select, "Disabled", "Max", "Min");
        }

        if (rules.Read("tolerance") is { IsNegative: true } tolerance)
        {
            errors.Invalid($"{path}.tolerance", tolerance.ToString(), "must be greater than or equal to 0");
        }

        if (rules.Count("policies") == 0)
        {
            errors.Required($"{path}.policies", "must specify at least one Policy");
        }

        foreach (var (policy, index) in rules.Objects("policies"))
        {
            ValidatePolicy(policy, $"{path}.policies[{index}]", errors);
        }
    }

    private static void ValidatePolicy(JsonObject policy, string path, FieldErrors errors)
    {
        if (policy.TextOrEmpty("type") is not ("Pods" or "Percent") and var type)
        {
            errors.NotSupported($"{path}.type", type, "Percent", "Pods");
        }

        foreach (var field in (ReadOnlySpan<string>)["value", "periodSeconds"])
        {
            if ((policy.Number(field) ?? 0) is <= 0 and var number)
            {
                errors.Invalid($"{path}.{field}", number, "must be greater than zero");
            }
        }

        if (policy.Number("periodSeconds") is > LongestPeriodSeconds and var period)
        {
            errors.Invalid($"{path}.periodSeconds", period, $"must be less than or equal to {LongestPeriodSeconds}");
        }
    }
}
