using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Apps.DaemonSets;

/// <summary>DaemonSets: one pod of a template on every node that fits.</summary>
internal sealed class DaemonSetStrategy : ResourceStrategy
{
    // Counts the templates; a field before apps/v1, an annotation since (apps/v1: conversion.go).
    private const string TemplateGeneration = "deprecated.daemonset.template.generation";

    public override KindInfo Kind => DaemonSet.Info;

    public override IReadOnlyList<string> ShortNames => ["ds"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns => DaemonSetTable.Columns;

    public override void Default(JsonObject target)
    {
        var spec = target.Ensure("spec");
        var strategy = spec.Ensure("updateStrategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Ensure("rollingUpdate");
            rolling.DefaultNumber("maxUnavailable", 1);
            rolling.DefaultNumber("maxSurge", 0);
        }

        spec.DefaultNumber("revisionHistoryLimit", 10);
        PodTemplateDefaults.Apply(spec);
    }

    public override void PrepareForCreate(JsonObject target)
    {
        var status = new JsonObject();
        foreach (var field in (ReadOnlySpan<string>)["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"])
        {
            status[field] = JsonNumber.Create(0);
        }

        target["status"] = status;
        target.Metadata().Ensure("annotations")[TemplateGeneration] = "1";
    }

    public override void PrepareForUpdate(JsonObject target, JsonObject old)
    {
        var count = long.TryParse(old.Object("metadata").Object("annotations").Text(TemplateGeneration), out var before) ? before : 1;
        var isSame = JsonSemantics.AreEqual(target.Object("spec"), old.Object("spec"), "template");
        target.Metadata().Ensure("annotations")[TemplateGeneration] = (isSame ? count : count + 1).Text();
    }

    public override void Validate(JsonObject target, FieldErrors errors) => DaemonSetValidation.Validate(target.Object("spec"), errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => WorkloadValidation.ValidateUpdate(target, old, errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        DaemonSetValidation.ValidateStatus(target.Object("status"), old.Object("status"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => DaemonSetTable.Row(source, now);
}
