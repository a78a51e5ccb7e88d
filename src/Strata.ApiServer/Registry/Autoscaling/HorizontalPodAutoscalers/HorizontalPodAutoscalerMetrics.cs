using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Autoscaling.HorizontalPodAutoscalers;

/// <summary>One metric in the form of autoscaling/v1, which exists only inside annotations, and in that of autoscaling/v2 (autoscaling/v1: conversion.go).</summary>
internal static class HorizontalPodAutoscalerMetrics
{
    // Field of the first version and its path in the second, per source. The first version says "target" for the object that is described.
    private static readonly Dictionary<string, (string Served, string Stored)[]> Specs = new()
    {
        ["object"] = [("target", "describedObject"), ("metricName", "metric.name"), ("selector", "metric.selector"), ("targetValue", "target.value"), ("averageValue", "target.averageValue")],
        ["pods"] = [("metricName", "metric.name"), ("selector", "metric.selector"), ("targetAverageValue", "target.averageValue")],
        ["external"] = [("metricName", "metric.name"), ("metricSelector", "metric.selector"), ("targetValue", "target.value"), ("targetAverageValue", "target.averageValue")],
        ["resource"] = [("name", "name"), ("targetAverageUtilization", "target.averageUtilization"), ("targetAverageValue", "target.averageValue")],
        ["containerResource"] =
            [("name", "name"), ("container", "container"), ("targetAverageUtilization", "target.averageUtilization"), ("targetAverageValue", "target.averageValue")],
    };

    private static readonly Dictionary<string, (string Served, string Stored)[]> Statuses = new()
    {
        ["object"] = [("target", "describedObject"), ("metricName", "metric.name"), ("selector", "metric.selector"), ("currentValue", "current.value"), ("averageValue", "current.averageValue")],
        ["pods"] = [("metricName", "metric.name"), ("selector", "metric.selector"), ("currentAverageValue", "current.averageValue")],
        ["external"] = [("metricName", "metric.name"), ("metricSelector", "metric.selector"), ("currentValue", "current.value"), ("currentAverageValue", "current.averageValue")],
        ["resource"] = [("name", "name"), ("currentAverageUtilization", "current.averageUtilization"), ("currentAverageValue", "current.averageValue")],
        ["containerResource"] =
            [("name", "name"), ("container", "container"), ("currentAverageUtilization", "current.averageUtilization"), ("currentAverageValue", "current.averageValue")],
    };

    public static JsonObject SpecToServed(JsonObject metric) => ToServed(metric, Specs);

    public static JsonObject StatusToServed(JsonObject metric) => ToServed(metric, Statuses);

    public static JsonObject StatusToStored(JsonObject metric) => ToStored(metric, Statuses);

    public static JsonObject SpecToStored(JsonObject metric)
    {
        var stored = ToStored(metric, Specs);
        foreach (var source in stored.Select(static field => field.Value).OfType<JsonObject>())
        {
            // The first version tells the kind of a target by which value is there.
            var target = source.Ensure("target");
            target["type"] = target["averageUtilization"] is not null ? "Utilization" : target["value"] is not null && target["averageValue"] is null ? "Value" : "AverageValue";
        }

        return stored;
    }

    private static JsonObject ToServed(JsonObject metric, Dictionary<string, (string Served, string Stored)[]> fields)
    {
        var served = new JsonObject { ["type"] = metric.TextOrEmpty("type") };
        foreach (var (name, value) in metric)
        {
            if (value is not JsonObject source || !fields.TryGetValue(name, out var pairs))
            {
                continue;
            }

            var converted = served.Ensure(name);
            foreach (var (to, from) in pairs)
            {
                if (source.At(from) is { } found)
                {
                    converted[to] = found.DeepClone();
                }
            }
        }

        return served;
    }

    private static JsonObject ToStored(JsonObject metric, Dictionary<string, (string Served, string Stored)[]> fields)
    {
        var stored = new JsonObject { ["type"] = metric.TextOrEmpty("type") };
        foreach (var (name, value) in metric)
        {
            if (value is not JsonObject source || !fields.TryGetValue(name, out var pairs))
            {
                continue;
            }

            var converted = stored.Ensure(name);
            foreach (var (from, to) in pairs)
            {
                // Upstream's first version cannot leave out a value and writes 0 for none.
                if (source[from] is { } found && !(from is "targetValue" && found.ToString() == "0"))
                {
                    converted.SetAt(to, found.DeepClone());
                }
            }
        }

        return stored;
    }
}
