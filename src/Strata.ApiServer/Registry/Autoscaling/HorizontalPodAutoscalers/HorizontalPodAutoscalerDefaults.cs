using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Autoscaling.HorizontalPodAutoscalers;

/// <summary>Defaults of HorizontalPodAutoscalers (autoscaling/v2: SetDefaults_HorizontalPodAutoscaler).</summary>
internal static class HorizontalPodAutoscalerDefaults
{
    private const int CpuPercent = 80;

    public static void Apply(JsonObject target)
    {
        // Left behind by a client that knows version 1 only; the fields say it here.
        foreach (var annotation in HorizontalPodAutoscalerV1.Annotations)
        {
            target.Object("metadata").Object("annotations")?.Remove(annotation);
        }

        var spec = target.Ensure("spec");
        spec.DefaultNumber("minReplicas", 1);
        if (spec.Count("metrics") == 0)
        {
            spec["metrics"] = new JsonArray(CpuUtilization(CpuPercent));
        }

        foreach (var (metric, _) in spec.Objects("metrics"))
        {
            CanonicalizeTarget(metric);
        }

        if (spec.Object("behavior") is { } behavior)
        {
            var up = behavior.Ensure("scaleUp");
            up.DefaultNumber("stabilizationWindowSeconds", 0);
            DefaultRules(up, ("Pods", 4), ("Percent", 100));
            DefaultRules(behavior.Ensure("scaleDown"), ("Percent", 100));
        }
    }

    public static JsonObject CpuUtilization(long percent) => new()
    {
        ["type"] = "Resource",
        ["resource"] = new JsonObject
        {
            ["name"] = "cpu",
            ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = JsonNumber.Create(percent) },
        },
    };

    private static void DefaultRules(JsonObject rules, params ReadOnlySpan<(string Type, int Value)> policies)
    {
        rules.DefaultText("selectPolicy", "Max");
        if (rules["policies"] is not null)
        {
            return;
        }

        var list = new JsonArray();
        foreach (var (type, value) in policies)
        {
            list.Add((JsonNode)new JsonObject { ["type"] = type, ["value"] = JsonNumber.Create(value), ["periodSeconds"] = JsonNumber.Create(15) });
        }

        rules["policies"] = list;
    }

    private static void CanonicalizeTarget(JsonObject metric)
    {
        foreach (var source in metric.Select(static field => field.Value).OfType<JsonObject>())
        {
            Quantities.CanonicalizeField(source.Object("target"), "value");
            Quantities.CanonicalizeField(source.Object("target"), "averageValue");
        }
    }
}
