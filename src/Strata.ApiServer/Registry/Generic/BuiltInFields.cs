using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Schema;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The fields of a built-in kind.</summary>
internal sealed class BuiltInFields(SchemaType type) : IFieldSchema
{
    public string? TypeProblem(JsonObject target) => FieldCheck.Types(target, type) is [var first, ..] ? first.Message : null;

    public IReadOnlyList<string> UnknownFields(JsonObject target) => FieldCheck.UnknownFields(target, type);

    public void Prune(JsonObject target) => FieldCheck.Prune(target, type);
}
