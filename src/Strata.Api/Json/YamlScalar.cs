using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Strata.Api.Json;

/// <summary>What an unquoted YAML scalar means. The rules are YAML 1.1 as go-yaml v2 applies them, since sigs.k8s.io/yaml is what clients know:
/// <c>yes</c> and <c>on</c> are booleans, <c>0644</c> is octal, times stay text.</summary>
internal static partial class YamlScalar
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    /// <param name="tag">The explicit tag, or empty.</param>
    /// <exception cref="FormatException">The value does not fit its tag, or JSON cannot express it.</exception>
    public static JsonNode? Resolve(string text, string tag, bool isPlain)
    {
        if (tag.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            return ResolveTagged(text, tag[TagPrefix.Length..]);
        }

        return isPlain && tag.Length == 0 ? ResolvePlain(text) : JsonValue.Create(text);
    }

    private static JsonNode? ResolveTagged(string text, string tag)
    {
        switch (tag)
        {
            case "str" or "timestamp":
                return JsonValue.Create(text);
            case "binary":
                return JsonValue.Create(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
            case "null":
                return IsNull(text) ? null : throw Mismatch(text, tag);
            case "bool":
                return Boolean(text) is { } flag ? JsonValue.Create(flag) : throw Mismatch(text, tag);
            case "int":
                return Number(text) is { } number && !text.Contains('.', StringComparison.Ordinal) ? number : throw Mismatch(text, tag);
            case "float":
                return Number(text) ?? throw Mismatch(text, tag);
            default:
                return JsonValue.Create(text);
        }
    }

    private static JsonNode? ResolvePlain(string text)
    {
        if (IsNull(text))
        {
            return null;
        }

        switch (text[0])
        {
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return Number(text) ?? (JsonNode)JsonValue.Create(text)!;
            case 'y' or 'Y' or 'n' or 'N' or 't' or 'T' or 'f' or 'F' or 'o' or 'O' when Boolean(text) is { } flag:
                return JsonValue.Create(flag);
            default:
                return JsonValue.Create(text);
        }
    }

    private static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    private static bool? Boolean(string text) => text switch
    {
        "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
        "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    private static JsonValue? Number(string text)
    {
        if (text is ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" or ".nan" or ".NaN" or ".NAN")
        {
            throw new FormatException($"{text} cannot be written in JSON");
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (Integer(plain) is { } integer)
        {
            return integer;
        }

        return Float().IsMatch(plain) && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? JsonNumber.Create(value)
            : null;
    }

    // Go's strconv.ParseInt with base 0: a prefix 0x, 0o, 0b or a plain leading zero chooses the base.
    private static JsonValue? Integer(string text)
    {
        var negative = text.StartsWith('-');
        var digits = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        var fromBase = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            (fromBase, var prefix) = digits[1] switch { 'x' or 'X' => (16, 2), 'b' or 'B' => (2, 2), 'o' or 'O' => (8, 2), _ => (8, 1) };
            digits = digits[prefix..];
        }

        if (digits.IsEmpty)
        {
            return null;
        }

        UInt128 value = 0;
        foreach (var character in digits)
        {
            var digit = char.IsAsciiHexDigit(character) ? Convert.ToInt32(character.ToString(), 16) : int.MaxValue;
            if (digit >= fromBase || (value = (value * (uint)fromBase) + (uint)digit) > ulong.MaxValue)
            {
                return null;
            }
        }

        return negative
            ? value <= (UInt128)long.MaxValue + 1 ? JsonNumber.Parse(value == 0 ? "0" : "-" + value.ToString(CultureInfo.InvariantCulture)) : null
            : JsonNumber.Parse(value.ToString(CultureInfo.InvariantCulture));
    }

    private static FormatException Mismatch(string text, string tag) => new($"cannot decode \"{text}\" as !!{tag}");

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Float();
}
