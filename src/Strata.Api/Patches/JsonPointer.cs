using System.Globalization;
using System.Text.Json.Nodes;

namespace Strata.Api.Patches;

/// <summary>A JSON pointer (RFC 6901), split into unescaped tokens.</summary>
internal readonly struct JsonPointer
{
    private readonly string _text;

    private JsonPointer(string text, string[] tokens)
    {
        _text = text;
        Tokens = tokens;
    }

    public string[] Tokens { get; }

    public bool IsRoot => Tokens.Length == 0;

    /// <summary>The member name or index that the pointer ends with.</summary>
    public string Last => Tokens[^1];

    public static JsonPointer Parse(string text)
    {
        if (text.Length == 0)
        {
            return new JsonPointer(text, []);
        }

        if (text[0] != '/')
        {
            throw PatchErrors.Malformed($"the path \"{text}\" does not start with /");
        }

        var tokens = text[1..].Split('/');
        for (var index = 0; index < tokens.Length; index++)
        {
            tokens[index] = Unescape(tokens[index], text);
        }

        return new JsonPointer(text, tokens);
    }

    /// <summary>The value it points at.</summary>
    /// <returns>Whether the value exists; it may be null.</returns>
    public bool TryResolve(JsonNode? root, out JsonNode? value) => TryWalk(root, Tokens, out value);

    /// <summary>The object or list that holds the value it points at.</summary>
    public bool TryResolveParent(JsonNode? root, out JsonNode? parent) => TryWalk(root, Tokens.AsSpan(0, Tokens.Length - 1), out parent);

    /// <summary>Whether this pointer names something inside what <paramref name="other"/> names.</summary>
    public bool IsInside(JsonPointer other) => Tokens.Length > other.Tokens.Length && Tokens.AsSpan(0, other.Tokens.Length).SequenceEqual(other.Tokens);

    /// <summary>An array index; RFC 6901 allows neither signs nor leading zeros.</summary>
    public static bool TryIndex(string token, int count, out int index)
    {
        index = 0;
        return token.Length > 0 && (token.Length == 1 || token[0] != '0')
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < count;
    }

    public override string ToString() => _text;

    private static bool TryWalk(JsonNode? node, ReadOnlySpan<string> tokens, out JsonNode? value)
    {
        value = node;
        foreach (var token in tokens)
        {
            if (value is JsonObject members && members.TryGetPropertyValue(token, out var member))
            {
                value = member;
            }
            else if (value is JsonArray items && TryIndex(token, items.Count, out var index))
            {
                value = items[index];
            }
            else
            {
                value = null;
                return false;
            }
        }

        return true;
    }

    private static string Unescape(string token, string whole)
    {
        for (var tilde = token.IndexOf('~', StringComparison.Ordinal); tilde >= 0; tilde = token.IndexOf('~', tilde + 1))
        {
            if (tilde + 1 >= token.Length || token[tilde + 1] is not ('0' or '1'))
            {
                throw PatchErrors.Malformed($"the path \"{whole}\" has a ~ that is not ~0 or ~1");
            }
        }

        // ~1 before ~0, or "~01" would become a slash.
        return token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }
}
