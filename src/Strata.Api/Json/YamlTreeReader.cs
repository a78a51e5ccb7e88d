using System.Globalization;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Strata.Api.Json;

/// <summary>Turns the event stream of one YAML document into a JSON tree. Not thread-safe; used once.</summary>
internal sealed class YamlTreeReader(IParser parser, List<string>? duplicates)
{
    // An alias repeats a whole subtree; nested aliases grow exponentially ("billion laughs"), so the nodes they make are counted.
    private const int MaxAliasNodes = 100_000;

    private readonly Dictionary<string, JsonNode?> _anchors = new(StringComparer.Ordinal);
    private readonly JsonPathBuilder _path = new();
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private int _aliasNodes;
    private int _depth;

    public JsonNode? Read()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode();
        parser.Consume<DocumentEnd>();
        RequireEnd();
        return root;
    }

    // A trailing "---" starts one more, empty document; anything else would be dropped without a word.
    private void RequireEnd()
    {
        while (parser.TryConsume<DocumentStart>(out var start))
        {
            if (ReadNode() is not null)
            {
                throw Problem(start.Start, "the body holds several documents; send one object per request");
            }

            parser.Consume<DocumentEnd>();
        }
    }

    private JsonNode? ReadNode()
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Expand(alias);
        }

        if (++_depth > StrictJson.MaxDepth)
        {
            throw Problem(parser.Current!.Start, $"the document is nested deeper than {StrictJson.MaxDepth.ToString(CultureInfo.InvariantCulture)} levels");
        }

        var anchor = (parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        JsonNode? node;
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            node = ReadScalar(scalar);
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            node = ReadSequence();
        }
        else
        {
            parser.Consume<MappingStart>();
            node = ReadMapping();
        }

        _depth--;
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = node;
        }

        return node;
    }

    private static JsonNode? ReadScalar(Scalar scalar)
    {
        try
        {
            return YamlScalar.Resolve(scalar.Value, scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value, scalar.IsPlainImplicit || scalar.Style == ScalarStyle.Plain);
        }
        catch (FormatException exception)
        {
            throw new ApiException(Problem(scalar.Start, exception.Message).Status, exception);
        }
    }

    private JsonArray ReadSequence()
    {
        var items = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            _path.Push(items.Count);
            items.Add(ReadNode());
            _path.Pop();
        }

        return items;
    }

    private JsonObject ReadMapping()
    {
        var result = new JsonObject();
        List<JsonObject>? merged = null;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var position = parser.Current!.Start;
            var isMerge = parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var key = Key(ReadNode(), position);
            _path.Push(key);
            var value = ReadNode();
            if (isMerge)
            {
                (merged ??= []).AddRange(MergeSources(value, position));
            }
            else if (!result.TryAdd(key, value))
            {
                result[key] = value;
                Report();
            }

            _path.Pop();
        }

        // Merged members fill what the mapping itself leaves open; earlier sources win over later ones.
        foreach (var (name, value) in merged?.SelectMany(source => source) ?? [])
        {
            if (!result.ContainsKey(name))
            {
                result.Add(name, value?.DeepClone());
            }
        }

        return result;
    }

    private static IEnumerable<JsonObject> MergeSources(JsonNode? value, Mark position) => value switch
    {
        JsonObject source => [source],
        JsonArray sources when sources.All(source => source is JsonObject) => sources.Cast<JsonObject>(),
        _ => throw Problem(position, "map merge requires map or sequence of maps as the value"),
    };

    private static string Key(JsonNode? key, Mark position) => key switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value => value.ToJsonString(),
        null => "null",
        _ => throw Problem(position, "a key must be a scalar; this one is a list or a mapping"),
    };

    private JsonNode? Expand(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
        {
            throw Problem(alias.Start, $"unknown anchor '{alias.Value.Value}' referenced");
        }

        _aliasNodes += CountNodes(node);
        return _aliasNodes <= MaxAliasNodes ? node?.DeepClone() : throw Problem(alias.Start, "document contains excessive aliasing");
    }

    private static int CountNodes(JsonNode? node) => node switch
    {
        JsonObject members => 1 + members.Sum(member => CountNodes(member.Value)),
        JsonArray items => 1 + items.Sum(CountNodes),
        _ => 1,
    };

    private void Report()
    {
        if (duplicates is not null && _path.ToString() is var path && _reported.Add(path))
        {
            duplicates.Add(path);
        }
    }

    private static ApiException Problem(Mark position, string message) => YamlJson.Problem(position, message);
}
