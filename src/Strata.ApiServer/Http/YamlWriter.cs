using System.Text;
using System.Text.Json;
using Strata.Api.Models;

namespace Strata.ApiServer.Http;

/// <summary>Writes JSON as block-style YAML. Every string is quoted, so that none can be mistaken for a number, a date or a boolean.</summary>
internal static class YamlWriter
{
    public static byte[] FromJson(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var text = new StringBuilder();
        Write(text, document.RootElement, 0, isInline: false);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(StringBuilder text, JsonElement element, int depth, bool isInline)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.GetPropertyCount() > 0:
                WriteObject(text, element, depth, isInline);
                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                WriteArray(text, element, depth);
                break;
            default:
                // Empty collections, and JSON's quoted strings, numbers and words, are YAML as they are.
                text.Append(element.GetRawText()).Append('\n');
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement element, int depth, bool isInline)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!isInline)
            {
                text.Append(' ', depth * 2);
            }

            isInline = false;
            text.Append(Key(property.Name)).Append(':');
            WriteValue(text, property.Value, depth);
        }
    }

    private static void WriteValue(StringBuilder text, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.GetPropertyCount() > 0:
                text.Append('\n');
                Write(text, value, depth + 1, isInline: false);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                text.Append('\n');
                Write(text, value, depth, isInline: false);
                break;
            default:
                text.Append(' ');
                Write(text, value, depth, isInline: false);
                break;
        }
    }

    private static void WriteArray(StringBuilder text, JsonElement element, int depth)
    {
        foreach (var item in element.EnumerateArray())
        {
            text.Append(' ', depth * 2).Append('-');
            if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() > 0)
            {
                text.Append('\n');
                Write(text, item, depth + 1, isInline: false);
            }
            else
            {
                text.Append(' ');
                Write(text, item, depth + 1, isInline: true);
            }
        }
    }

    private static string Key(string name) =>
        name.Length > 0 && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') && char.IsAsciiLetter(name[0])
            && name.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n")
            ? name
            : $"\"{JsonEncodedText.Encode(name, ModelJson.WriterOptions.Encoder)}\"";
}
