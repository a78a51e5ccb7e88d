using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.LimitRanges;

/// <summary>LimitRanges: bounds and defaults of what one container, pod or claim in a namespace asks for.</summary>
internal sealed class LimitRangeStrategy : ResourceStrategy
{
    public override KindInfo Kind => LimitRange.Info;

    public override IReadOnlyList<string> ShortNames => ["limits"];

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns => TableColumn.NameAndCreated;

    // core/v1: SetDefaults_LimitRangeItem.
    public override void Default(JsonObject target)
    {
        foreach (var (item, _) in target.Object("spec").Objects("limits"))
        {
            foreach (var field in LimitRangeValidation.Maps)
            {
                Quantities.Canonicalize(item.Object(field));
            }

            if (item.Text("type") == "Container")
            {
                Fill(item, "default", item.Object("max"));
                Fill(item, "defaultRequest", item.Object("default"));
                Fill(item, "defaultRequest", item.Object("min"));
            }
        }
    }

    public override void Validate(JsonObject target, FieldErrors errors) => LimitRangeValidation.Validate(target.Object("spec"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => TableColumn.NameAndCreatedCells(source);

    private static void Fill(JsonObject item, string field, JsonObject? from)
    {
        foreach (var (resource, value) in from ?? [])
        {
            item.Ensure(field)[resource] ??= value?.DeepClone();
        }
    }
}
