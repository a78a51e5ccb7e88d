using System.Text.Json.Nodes;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>What is known about the fields of a kind that is not built in. Thread-safe.</summary>
internal interface IFieldSchema
{
    /// <summary>The first value that cannot be decoded at all, in upstream's words; null when there is none. Other wrong types are for validation.</summary>
    string? TypeProblem(JsonObject target);

    /// <summary>Paths of members that the schema does not know.</summary>
    IReadOnlyList<string> UnknownFields(JsonObject target);

    /// <summary>Removes them.</summary>
    void Prune(JsonObject target);
}
