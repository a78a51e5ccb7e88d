using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Runtime.RuntimeClasses;

/// <summary>RuntimeClasses: names for what runs containers.</summary>
internal sealed class RuntimeClassStrategy : ResourceStrategy
{
    public override KindInfo Kind => RuntimeClass.Info;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Handler", Description: "What the container runtime calls this configuration."), TableColumn.AgeColumn];

    public override void Default(JsonObject target) => Quantities.Canonicalize(target.Object("overhead").Object("podFixed"));

    // Rules: node: validation.go ValidateRuntimeClass.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        ObjectNames.ValidateLabel(target.TextOrEmpty("handler"), "handler", errors);
        if (target.Object("overhead").Object("podFixed") is { } overhead)
        {
            ResourceValidation.Validate(new JsonObject { ["limits"] = overhead.DeepClone() }, "overhead", errors);
        }

        if (target.Object("scheduling") is not { } scheduling)
        {
            return;
        }

        QualifiedNames.ValidateLabels(scheduling.Object("nodeSelector"), "scheduling.nodeSelector", errors);
        TolerationValidation.Validate(scheduling, "scheduling.tolerations", errors);
        var seen = new List<JsonObject>();
        foreach (var (toleration, index) in scheduling.Objects("tolerations"))
        {
            if (seen.Any(other => JsonSemantics.AreEqual(toleration, other)))
            {
                errors.Duplicate($"scheduling.tolerations[{index}]", toleration);
            }

            seen.Add(toleration);
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => target.ValidateUnchanged(old, "handler", "", errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => [TableColumn.NameOf(source), source.Text("handler"u8), TableColumn.Age(source, now)];
}
