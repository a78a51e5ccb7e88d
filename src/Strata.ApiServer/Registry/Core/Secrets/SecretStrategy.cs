using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Secrets;

/// <summary>Secrets: named bytes for pods, with types that promise certain keys.</summary>
internal sealed class SecretStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames = ["type"];

    public override KindInfo Kind => Secret.Info;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Type", Description: "What the secret is for."), new("Data", Description: "Number of entries."), TableColumn.AgeColumn];

    public override void Default(JsonObject target)
    {
        target.DefaultText("type", "Opaque");

        // stringData is for writing only: it wins over data and never comes back.
        if (target.Object("stringData") is { } texts)
        {
            var data = target.Ensure("data");
            foreach (var (key, value) in texts.Entries())
            {
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
            }
        }

        target.Remove("stringData");
    }

    public override void Validate(JsonObject target, FieldErrors errors) => SecretValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => SecretValidation.ValidateUpdate(target, old, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) =>
        new SelectableFieldSet(FieldNames, [SelectableFieldSet.Value(source.Get("type"u8))]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Text("type"u8), ((long)source.Get("data"u8).Count()).Text(), TableColumn.Age(source, now)];
}
