using System.Text.Json;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Reads what field selectors of a kind can match. Hot: runs for every object that enters memory.</summary>
internal sealed class SelectableFieldReader
{
    private readonly ResourceStrategy _strategy;
    private readonly HashSet<string> _names;

    public SelectableFieldReader(ResourceStrategy strategy)
    {
        _strategy = strategy;
        using var empty = JsonDocument.Parse("""{"metadata":{}}""");
        _names = [.. strategy.SelectableFields(empty.RootElement).Keys, ObjectFields.NameField, ObjectFields.NamespaceField];
    }

    /// <summary>Whether the kind can be selected by a field.</summary>
    public bool Supports(string field) => _names.Contains(field);

    public IReadOnlyDictionary<string, string> Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var source = document.RootElement;
        var metadata = source.Get("metadata"u8);
        return new ObjectFields(metadata.Text("namespace"u8), metadata.Text("name"u8), _strategy.SelectableFields(source));
    }
}
