using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Apps;
using Strata.ApiServer.Registry.Apps.ReplicaSets;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Core.ReplicationControllers;

/// <summary>ReplicationControllers: what ReplicaSets were before they had a selector with operators.</summary>
internal sealed class ReplicationControllerStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames = ["status.replicas"];

    public override KindInfo Kind => ReplicationController.Info;

    public override IReadOnlyList<string> ShortNames => ["rc"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override bool OrphansByDefault => true;

    public override ScalePaths? Scale { get; } = new("spec.replicas", "status.replicas", "spec.selector", HasPlainSelector: true);

    public override IReadOnlyList<TableColumn> Columns => ReplicaSetTable.Columns;

    public override void Default(JsonObject target)
    {
        var spec = target.Ensure("spec");
        spec.DefaultNumber("replicas", 1);
        if (spec.Object("template").Object("metadata").Object("labels") is { Count: > 0 } labels)
        {
            DefaultMap(spec, "selector", labels);
            DefaultMap(target.Metadata(), "labels", labels);
        }

        PodTemplateDefaults.Apply(spec);
    }

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject { ["replicas"] = JsonNumber.Create(0) };

    // Rules: core: validation.go ValidateReplicationControllerSpec.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        spec.ValidateCounts("spec", errors, "minReadySeconds", "replicas");
        var selector = spec.Object("selector");
        if (selector is null or { Count: 0 })
        {
            errors.Required("spec.selector");
            selector = null;
        }

        WorkloadValidation.ValidateTemplate(
            spec, selector is null ? null : new JsonObject { ["matchLabels"] = selector.DeepClone() }, "ReplicationController", errors);
    }

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) => WorkloadStatus.ValidateReplicas(target.Object("status"), errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) =>
        new SelectableFieldSet(FieldNames, [source.Get("status"u8, "replicas"u8).Number().Text()]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [.. ReplicaSetTable.Row(source, now).SkipLast(1), Cells.Labels(source.Get("spec"u8, "selector"u8))];

    private static void DefaultMap(JsonObject target, string field, JsonObject labels)
    {
        if (target.Count(field) == 0)
        {
            target[field] = labels.DeepClone();
        }
    }
}
