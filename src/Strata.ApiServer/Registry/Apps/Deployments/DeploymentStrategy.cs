using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.Deployments;

/// <summary>Deployments: pods of one template, replaced step by step when the template changes.</summary>
internal sealed class DeploymentStrategy : ResourceStrategy
{
    public override KindInfo Kind => Deployment.Info;

    public override IReadOnlyList<string> ShortNames => ["deploy"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override ScalePaths? Scale { get; } = new("spec.replicas", "status.replicas", "spec.selector");

    public override IReadOnlyList<TableColumn> Columns => DeploymentTable.Columns;

    public override void Default(JsonObject target) => DeploymentDefaults.Apply(target.Ensure("spec"));

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject();

    // Labels of a Deployment are the user's; its controller may not change them through the status.
    public override void PrepareForStatusUpdate(JsonObject target, JsonObject old) => target.Metadata().Restore(old.Object("metadata"), "labels");

    public override void Validate(JsonObject target, FieldErrors errors) => DeploymentValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => WorkloadValidation.ValidateUpdate(target, old, errors);

    public override void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        DeploymentValidation.ValidateStatus(target.Object("status"), old.Object("status"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => DeploymentTable.Row(source, now);
}
