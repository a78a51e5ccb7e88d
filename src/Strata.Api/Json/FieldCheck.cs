using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Api.Json;

/// <summary>Compares a JSON tree with its schema.</summary>
public static class FieldCheck
{
    /// <summary>Paths of all members that the schema does not know, such as <c>spec.containers[0].foo</c>, in document order.</summary>
    public static List<string> UnknownFields(JsonObject target, SchemaType type) => throw new NotSupportedException(type.Name + target);

    /// <summary>Removes all members that the schema does not know. Changes <paramref name="target"/>.</summary>
    public static void Prune(JsonObject target, SchemaType type) => throw new NotSupportedException(type.Name + target);

    /// <summary>All values whose JSON type or form does not fit the schema.</summary>
    public static List<TypeProblem> Types(JsonObject target, SchemaType type) => throw new NotSupportedException(type.Name + target);
}
