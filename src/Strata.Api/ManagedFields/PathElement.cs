using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>One step of a path into an object, in the text form that FieldsV1 uses as a member name (structured-merge-diff: fieldpath/serialize-pe.go):
/// <c>f:replicas</c> a field, <c>k:{"name":"web"}</c> a list item by its keys, <c>v:"x"</c> an item of a set, <c>i:0</c> an item by position.</summary>
/// <param name="Text">The canonical form: equal steps have equal text.</param>
public readonly record struct PathElement(string Text) : IComparable<PathElement>
{
    public static PathElement Field(string name) => new("f:" + name);

    public static PathElement Index(int index) => new("i:" + index.ToString(CultureInfo.InvariantCulture));

    public static PathElement Value(JsonNode? value) => new("v:" + Canonical(value));

    /// <param name="keys">Names and values, sorted by name; at least one.</param>
    public static PathElement Key(ReadOnlySpan<KeyValuePair<string, JsonNode?>> keys)
    {
        var text = new StringBuilder("k:{");
        foreach (var (name, value) in keys)
        {
            text.Append(text.Length > 3 ? "," : "").Append(Quote(name)).Append(':').Append(Canonical(value));
        }

        return new PathElement(text.Append('}').ToString());
    }

    /// <summary>Reads a member name of FieldsV1, however it was spaced.</summary>
    /// <returns>False for a kind of step that is not known, which readers skip so that later versions may add some.</returns>
    /// <exception cref="JsonException">The part after the colon is not what the letter promises.</exception>
    public static bool TryParse(string text, out PathElement element)
    {
        element = default;
        if (text.Length < 2 || text[1] != ':')
        {
            throw new JsonException($"\"{text}\" is not a path element");
        }

        switch (text[0])
        {
            case 'f':
                element = new PathElement(text);
                return true;
            case 'i':
                element = Index(int.TryParse(text.AsSpan(2), CultureInfo.InvariantCulture, out var index) ? index : throw new JsonException($"\"{text}\" has no index"));
                return true;
            case 'v':
                element = Value(JsonNode.Parse(text[2..]));
                return true;
            case 'k':
                var keys = (JsonNode.Parse(text[2..]) as JsonObject)?.OrderBy(static key => key.Key, StringComparer.Ordinal).ToArray();
                element = keys is { Length: > 0 } ? Key(keys) : throw new JsonException($"\"{text}\" has no keys");
                return true;
            default:
                return false;
        }
    }

    public bool IsField => Text.StartsWith("f:", StringComparison.Ordinal);

    /// <summary>The name of a field; only when <see cref="IsField"/>.</summary>
    public string FieldName => Text[2..];

    /// <summary>As written in messages: <c>.replicas</c>, <c>[name="web"]</c>, <c>[="x"]</c>, <c>[0]</c>.</summary>
    public override string ToString() => Text[0] switch
    {
        'f' => "." + Text[2..],
        'v' => $"[={Text[2..]}]",
        'k' => $"[{string.Join(",", ((JsonObject)JsonNode.Parse(Text[2..])!).Select(static key => $"{key.Key}={Canonical(key.Value)}"))}]",
        _ => $"[{Text[2..]}]",
    };

    /// <summary>Fields first, then items by keys, by value and by position; numbers by their size.</summary>
    public int CompareTo(PathElement other)
    {
        var left = Text;
        var right = other.Text;
        if (left[0] != right[0])
        {
            return Rank(left[0]).CompareTo(Rank(right[0]));
        }

        var position = 2;
        while (position < left.Length && position < right.Length && left[position] == right[position])
        {
            position++;
        }

        if (left[0] != 'f')
        {
            var (leftDigits, rightDigits) = (NumberAround(left, position), NumberAround(right, position));
            if (leftDigits > 0 && rightDigits > 0 && leftDigits != rightDigits)
            {
                return leftDigits.CompareTo(rightDigits);
            }
        }

        return string.CompareOrdinal(left, position, right, position, int.MaxValue);
    }

    // How many digits the plain number has that reaches over this position; 0 when there is none. Numbers begin after a colon, text after a quote.
    private static int NumberAround(string text, int position)
    {
        var start = Math.Min(position, text.Length);
        while (start > 0 && char.IsAsciiDigit(text[start - 1]))
        {
            start--;
        }

        if (start == 0 || text[start - 1] != ':')
        {
            return 0;
        }

        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - start;
    }

    private static int Rank(char kind) => kind switch { 'f' => 0, 'k' => 1, 'v' => 2, _ => 3 };

    private static string Canonical(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => Quote(text),
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number && scalar.TryGetValue<long>(out var number) => number.ToString(CultureInfo.InvariantCulture),
        _ => value.ToJsonString(),
    };

    private static string Quote(string text)
    {
        foreach (var letter in text)
        {
            if (letter is '"' or '\\' or < ' ' || char.IsSurrogate(letter))
            {
                return $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
            }
        }

        return $"\"{text}\"";
    }
}
