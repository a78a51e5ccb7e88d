using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Autoscaling.HorizontalPodAutoscalers;

/// <summary>autoscaling/v1: one target, the processor. Everything else is in annotations, so that nothing is lost on the way there and back (autoscaling/v1: conversion.go).</summary>
internal sealed class HorizontalPodAutoscalerV1(HorizontalPodAutoscalerStrategy stored)
    : BuiltInVersion(new KindInfo("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true), stored)
{
    /// <summary>What the second version knows and the first one does not.</summary>
    public static readonly string[] Annotations = [MetricsAnnotation, StatusesAnnotation, ConditionsAnnotation, BehaviorAnnotation];

    private const string MetricsAnnotation = "autoscaling.alpha.kubernetes.io/metrics";
    private const string StatusesAnnotation = "autoscaling.alpha.kubernetes.io/current-metrics";
    private const string ConditionsAnnotation = "autoscaling.alpha.kubernetes.io/conditions";
    private const string BehaviorAnnotation = "autoscaling.alpha.kubernetes.io/behavior";
    private const string Target = "targetCPUUtilizationPercentage";
    private const string Current = "currentCPUUtilizationPercentage";

    protected override JsonObject ToStored(JsonObject served)
    {
        var annotations = served.Object("metadata").Object("annotations");
        var metrics = new JsonArray();
        foreach (var metric in Take<JsonArray>(annotations, MetricsAnnotation)?.OfType<JsonObject>() ?? [])
        {
            metrics.Add((JsonNode)HorizontalPodAutoscalerMetrics.SpecToStored(metric));
        }

        var spec = served.Ensure("spec");
        if (spec.Number(Target) is { } percent)
        {
            metrics.Add((JsonNode)HorizontalPodAutoscalerDefaults.CpuUtilization(percent));
        }

        spec.Remove(Target);
        if (metrics.Count > 0)
        {
            spec["metrics"] = metrics;
        }

        if (Take<JsonObject>(annotations, BehaviorAnnotation) is { } behavior)
        {
            spec["behavior"] = behavior;
        }

        StatusToStored(served, annotations);
        if (annotations is { Count: 0 })
        {
            served.Object("metadata")!.Remove("annotations");
        }

        return served;
    }

    protected override JsonObject FromStored(JsonObject stored)
    {
        var spec = stored.Ensure("spec");
        var others = new JsonArray();
        foreach (var (metric, _) in spec.Objects("metrics"))
        {
            if (metric.Text("type") == "Resource" && metric.Object("resource").Text("name") == "cpu" && metric.Object("resource").Object("target")?["averageUtilization"] is { } percent)
            {
                spec[Target] = percent.DeepClone();
            }
            else
            {
                others.Add((JsonNode)HorizontalPodAutoscalerMetrics.SpecToServed(metric));
            }
        }

        spec.Remove("metrics");
        Put(stored, MetricsAnnotation, others);
        spec.Remove("behavior", out var behavior);
        Put(stored, BehaviorAnnotation, behavior);
        if (stored.Object("status") is { } status)
        {
            StatusFromStored(stored, status);
        }

        return stored;
    }

    private static void StatusToStored(JsonObject served, JsonObject? annotations)
    {
        if (served.Object("status") is not { } status)
        {
            return;
        }

        if (Take<JsonArray>(annotations, StatusesAnnotation) is { } statuses)
        {
            status["currentMetrics"] = new JsonArray([.. statuses.OfType<JsonObject>().Select(static metric => (JsonNode)HorizontalPodAutoscalerMetrics.StatusToStored(metric))]);
        }
        else if (status[Current] is { } percent)
        {
            status["currentMetrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject { ["name"] = "cpu", ["current"] = new JsonObject { ["averageUtilization"] = percent.DeepClone() } },
            });
        }

        status.Remove(Current);
        if (Take<JsonArray>(annotations, ConditionsAnnotation) is { } conditions)
        {
            status["conditions"] = conditions;
        }
    }

    private static void StatusFromStored(JsonObject stored, JsonObject status)
    {
        var statuses = new JsonArray();
        foreach (var (metric, _) in status.Objects("currentMetrics"))
        {
            if (metric.Object("resource").Text("name") == "cpu" && metric.Object("resource").Object("current")?["averageUtilization"] is { } percent)
            {
                status[Current] = percent.DeepClone();
            }

            statuses.Add((JsonNode)HorizontalPodAutoscalerMetrics.StatusToServed(metric));
        }

        status.Remove("currentMetrics");
        Put(stored, StatusesAnnotation, statuses);
        status.Remove("conditions", out var conditions);
        Put(stored, ConditionsAnnotation, conditions);
        status.DefaultNumber("currentReplicas", 0);
    }

    private static void Put(JsonObject target, string annotation, JsonNode? value)
    {
        if (value is not (null or JsonArray { Count: 0 }))
        {
            target.Metadata().Ensure("annotations")[annotation] = value.ToJsonString();
        }
    }

    private static T? Take<T>(JsonObject? annotations, string name)
        where T : JsonNode
    {
        if (annotations.Text(name) is not { } text)
        {
            return null;
        }

        annotations!.Remove(name);
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetBytes(text)) as T;
        }
        catch (JsonException malformed)
        {
            throw ApiErrors.BadRequest($"the annotation {name} is not valid JSON: {malformed.Message}");
        }
    }
}
