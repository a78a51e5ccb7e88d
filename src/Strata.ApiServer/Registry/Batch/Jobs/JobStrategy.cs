using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>Jobs: pods that run until enough of them have succeeded.</summary>
internal sealed class JobStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames = ["status.successful"];

    public override KindInfo Kind => Job.Info;

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override bool OrphansByDefault => true;

    public override string? OrphaningWarning =>
        "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

    public override IReadOnlyList<TableColumn> Columns => JobTable.Columns;

    public override void Default(JsonObject target) => JobDefaults.Apply(target);

    public override void PrepareForCreate(JsonObject target)
    {
        JobSelector.Generate(target);
        JobDefaults.ApplyLabels(target);
        target["status"] = new JsonObject();
    }

    public override void Validate(JsonObject target, FieldErrors errors) => JobValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => JobUpdateValidation.Validate(target, old, errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) => JobStatusValidation.Validate(target, old, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) =>
        new SelectableFieldSet(FieldNames, [source.Get("status"u8, "succeeded"u8).Number().Text()]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => JobTable.Row(source, now);
}
