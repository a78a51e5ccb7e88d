using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Apps.ReplicaSets;

/// <summary>ReplicaSets: a number of pods of one template.</summary>
internal sealed class ReplicaSetStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames = ["status.replicas"];

    public override KindInfo Kind => ReplicaSet.Info;

    public override IReadOnlyList<string> ShortNames => ["rs"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override ScalePaths? Scale { get; } = new("spec.replicas", "status.replicas", "spec.selector");

    public override IReadOnlyList<TableColumn> Columns => ReplicaSetTable.Columns;

    public override void Default(JsonObject target)
    {
        var spec = target.Ensure("spec");
        spec.DefaultNumber("replicas", 1);
        PodTemplateDefaults.Apply(spec);
    }

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject { ["replicas"] = JsonNumber.Create(0) };

    public override void Validate(JsonObject target, FieldErrors errors) => WorkloadValidation.Validate(target, "replicaset", errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) => WorkloadStatus.ValidateReplicas(target.Object("status"), errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => WorkloadValidation.ValidateUpdate(target, old, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) =>
        new SelectableFieldSet(FieldNames, [source.Get("status"u8, "replicas"u8).Number().Text()]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => ReplicaSetTable.Row(source, now);
}
