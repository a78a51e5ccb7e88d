using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;

namespace Strata.Client;

/// <summary>How to delete.</summary>
/// <param name="GracePeriodSeconds">Seconds for graceful ends; null for the object's own; 0 removes at once.</param>
/// <param name="PropagationPolicy"><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; null for the kind's default.</param>
/// <param name="Uid">Precondition: delete only this incarnation; null for none.</param>
/// <param name="ResourceVersion">Precondition: delete only this version; null for none.</param>
public sealed record DeleteRequest(long? GracePeriodSeconds = null, string? PropagationPolicy = null, string? Uid = null, string? ResourceVersion = null)
{
    public static readonly DeleteRequest Default = new();

    /// <summary>The body of a DELETE: <c>meta.k8s.io/v1 DeleteOptions</c>.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, "DeleteOptions");
            writer.WriteString("apiVersion"u8, "v1");
            if (GracePeriodSeconds is { } grace)
            {
                writer.WriteNumber("gracePeriodSeconds"u8, grace);
            }

            if (PropagationPolicy is not null)
            {
                writer.WriteString("propagationPolicy"u8, PropagationPolicy);
            }

            WritePreconditions(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private void WritePreconditions(Utf8JsonWriter writer)
    {
        if (Uid is null && ResourceVersion is null)
        {
            return;
        }

        writer.WriteStartObject("preconditions"u8);
        if (Uid is not null)
        {
            writer.WriteString("uid"u8, Uid);
        }

        if (ResourceVersion is not null)
        {
            writer.WriteString("resourceVersion"u8, ResourceVersion);
        }

        writer.WriteEndObject();
    }
}
