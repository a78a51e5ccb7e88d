using System.Text.Json;
using Strata.Api.Models;

namespace Strata.Controllers.Discovery;

/// <summary>Any object, reduced to what all kinds share.</summary>
internal sealed record PartialObject(ObjectMeta Metadata) : IJsonModel<PartialObject>
{
    public static PartialObject Read(ref Utf8JsonReader reader)
    {
        var metadata = ObjectMeta.Empty;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isMetadata)
            {
                metadata = ObjectMeta.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new PartialObject(metadata);
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("metadata"u8);
        Metadata.Write(writer);
        writer.WriteEndObject();
    }
}
