using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Apps.StatefulSets;

/// <summary>StatefulSets: pods with a number, a name and volumes of their own.</summary>
internal sealed class StatefulSetStrategy : ResourceStrategy
{
    public override KindInfo Kind => StatefulSet.Info;

    public override IReadOnlyList<string> ShortNames => ["sts"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override ScalePaths? Scale { get; } = new("spec.replicas", "status.replicas", "spec.selector");

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Ready", Description: "Number of pods that are ready, of those desired."), TableColumn.AgeColumn,
        WorkloadCells.ContainersColumn, WorkloadCells.ImagesColumn,
    ];

    // Pods are named after the set with a number appended, and a pod's name is its hostname.
    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidateLabel(name, "metadata.name", errors);

    public override void Default(JsonObject target) => StatefulSetDefaults.Apply(target.Ensure("spec"));

    public override void PrepareForCreate(JsonObject target) =>
        target["status"] = new JsonObject { ["replicas"] = JsonNumber.Create(0), ["availableReplicas"] = JsonNumber.Create(0) };

    public override void Validate(JsonObject target, FieldErrors errors) => StatefulSetValidation.Validate(target.Object("spec"), errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        StatefulSetValidation.ValidateUpdate(target.Object("spec"), old.Object("spec"), errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        StatefulSetValidation.ValidateStatus(target.Object("status"), old.Object("status"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
    [
        TableColumn.NameOf(source), $"{source.Get("status"u8, "readyReplicas"u8).Number()}/{source.Get("spec"u8, "replicas"u8).Number()}", TableColumn.Age(source, now),
        WorkloadCells.Containers(source), WorkloadCells.Images(source),
    ];
}
