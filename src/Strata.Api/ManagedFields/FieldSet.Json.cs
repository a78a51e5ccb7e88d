using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;

namespace Strata.Api.ManagedFields;

public sealed partial class FieldSet
{
    private const int MaxDepth = 500;

    private byte[]? _utf8;

    /// <summary>The set as FieldsV1 (structured-merge-diff: fieldpath/serialize.go). Written once and kept.</summary>
    public ReadOnlyMemory<byte> ToUtf8() => _utf8 ??= Serialize();

    /// <summary>Reads FieldsV1.</summary>
    /// <exception cref="JsonException">It is not that.</exception>
    public static FieldSet Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        var (set, _) = Read(ref reader);
        reader.Read(); // Throws when something follows.
        return set ?? Empty;
    }

    private byte[] Serialize()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions))
        {
            Write(writer, isMember: false);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter writer, bool isMember)
    {
        writer.WriteStartObject();
        if (isMember)
        {
            writer.WriteStartObject("."u8);
            writer.WriteEndObject();
        }

        foreach (ref readonly var entry in _entries.AsSpan())
        {
            writer.WritePropertyName(entry.Element.Text);
            if (entry.Children is { } children)
            {
                children.Write(writer, entry.IsMember);
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }

    // A step without anything below is a member; one with something below is a member when "." is among it.
    private static (FieldSet? Children, bool IsMember) Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"a set of fields is made of objects, not of a {reader.TokenType}");
        }

        var isMember = true;
        var hasDot = false;
        var result = new FieldSetBuilder(4);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == ".")
            {
                hasDot = true;
                reader.Skip();
            }
            else if (PathElement.TryParse(name, out var element))
            {
                isMember = false;
                var below = Read(ref reader);
                result.Add(element, below.IsMember, below.Children);
            }
            else
            {
                reader.Skip();
            }
        }

        return (result.Build(), isMember || hasDot);
    }
}
