using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.ConfigMaps;

/// <summary>ConfigMaps: named texts and bytes for pods.</summary>
internal sealed class ConfigMapStrategy : ResourceStrategy
{
    public override KindInfo Kind => ConfigMap.Info;

    public override IReadOnlyList<string> ShortNames => ["cm"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Data", Description: "Number of entries."), TableColumn.AgeColumn];

    public override void Validate(JsonObject target, FieldErrors errors) => ConfigMapValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => ConfigMapValidation.ValidateUpdate(target, old, errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), ((long)source.Get("data"u8).Count() + source.Get("binaryData"u8).Count()).Text(), TableColumn.Age(source, now)];
}
