using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Schema;
using Strata.Api.Structural;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.CustomResources;

/// <summary>The fields of a custom resource: those of its schema, and metadata as every object has it.</summary>
internal sealed class CustomResourceFields(StructuralSchema schema) : IFieldSchema
{
    private static readonly SchemaType ObjectMeta = SchemaTable.Default.Type("meta.v1.ObjectMeta")!;

    public string? TypeProblem(JsonObject target) =>
        target["metadata"] is JsonObject metadata && FieldCheck.Types(metadata, ObjectMeta) is [var first, ..] ? first.Message : null;

    public IReadOnlyList<string> UnknownFields(JsonObject target) => Pruner.UnknownFields(target, schema);

    public void Prune(JsonObject target) => Pruner.Prune(target, schema);
}
