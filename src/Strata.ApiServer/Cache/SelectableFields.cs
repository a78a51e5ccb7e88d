using System.Text;
using System.Text.Json;

namespace Strata.ApiServer.Cache;

/// <summary>Reads a kind's selectable fields out of its JSON in one pass, without building a tree.</summary>
internal sealed class SelectableFields
{
    private sealed class Node
    {
        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public string? Path { get; set; }
    }

    private readonly Node _root = new();
    private readonly SelectableField[] _fields;

    /// <param name="fields">Besides <c>metadata.name</c> and <c>metadata.namespace</c>, which every kind has.</param>
    public SelectableFields(params SelectableField[] fields)
    {
        _fields = [new SelectableField("metadata.name"), new SelectableField("metadata.namespace"), .. fields];
        foreach (var field in _fields)
        {
            var node = _root;
            foreach (var segment in field.Path.Split('.'))
            {
                node = node.Children.TryGetValue(segment, out var child) ? child : node.Children[segment] = new Node();
            }
            node.Path = field.Path;
        }
    }

    public IReadOnlyDictionary<string, string> Read(ReadOnlyMemory<byte> json)
    {
        var found = new Dictionary<string, string>(_fields.Length, StringComparer.Ordinal);
        foreach (var field in _fields)
        {
            found[field.Path] = field.WhenMissing;
        }
        var reader = new Utf8JsonReader(json.Span);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            Walk(ref reader, _root, found);
        }
        return found;
    }

    private static void Walk(ref Utf8JsonReader reader, Node node, Dictionary<string, string> found)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var child = Find(reader, node);
            reader.Read();
            if (child is { Children.Count: > 0 } && reader.TokenType == JsonTokenType.StartObject)
            {
                Walk(ref reader, child, found);
                continue;
            }
            if (child?.Path is { } path && Text(reader) is { } text)
            {
                found[path] = text;
            }
            reader.Skip();
        }
    }

    private static Node? Find(Utf8JsonReader reader, Node node)
    {
        foreach (var (name, child) in node.Children)
        {
            if (reader.ValueTextEquals(name))
            {
                return child;
            }
        }
        return null;
    }

    private static string? Text(Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => null,
    };
}
