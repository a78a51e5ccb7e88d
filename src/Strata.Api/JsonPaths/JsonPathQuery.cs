using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Strata.Api.JsonPaths;

/// <summary>A path into JSON in the dialect of kubectl and of printer columns (client-go: util/jsonpath): fields, indexes, slices, wildcards, <c>..</c> and filters such as
/// <c>.status.conditions[?(@.type=="Ready")].status</c>. What is missing yields nothing. Immutable and thread-safe.</summary>
public sealed class JsonPathQuery
{
    private readonly IReadOnlyList<JsonPathStep> _steps;

    private JsonPathQuery(IReadOnlyList<JsonPathStep> steps) => _steps = steps;

    /// <summary>Reads a path that begins with a dot or a bracket.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out JsonPathQuery? query)
    {
        query = new JsonPathParser(path).Parse() is { } steps ? new JsonPathQuery(steps) : null;
        return query is not null;
    }

    /// <summary>Everything the path leads to, in document order.</summary>
    public IEnumerable<JsonElement> Find(JsonElement source)
    {
        IEnumerable<JsonElement> found = [source];
        foreach (var step in _steps)
        {
            found = found.SelectMany(step.Apply);
        }

        return found;
    }
}
