using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Autoscaling.HorizontalPodAutoscalers;

/// <summary>HorizontalPodAutoscalers: how many pods a workload has, by what is measured. Stored as autoscaling/v2.</summary>
internal sealed class HorizontalPodAutoscalerStrategy : ResourceStrategy
{
    private readonly HorizontalPodAutoscalerV1 _first;

    public HorizontalPodAutoscalerStrategy() => _first = new HorizontalPodAutoscalerV1(this);

    public override KindInfo Kind => HorizontalPodAutoscaler.Info;

    public override IReadOnlyList<ServedVersion> OtherVersions => [_first];

    public override IReadOnlyList<string> ShortNames => ["hpa"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns => HorizontalPodAutoscalerTable.Columns;

    public override void Default(JsonObject target) => HorizontalPodAutoscalerDefaults.Apply(target);

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject { ["desiredReplicas"] = JsonNumber.Create(0) };

    public override void Validate(JsonObject target, FieldErrors errors) => HorizontalPodAutoscalerValidation.Validate(target.Object("spec"), errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        target.Object("status").ValidateCounts("status", errors, "currentReplicas", "desiredReplicas");

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => HorizontalPodAutoscalerTable.Row(source, now);
}
