using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Schema;

namespace Strata.Api.Protobuf;

/// <summary>Reads protobuf request bodies (<c>application/vnd.kubernetes.protobuf</c>) into JSON trees. client-go's typed clients send nothing else.</summary>
public static class KubeProtobuf
{
    /// <summary>Whether the bytes begin with the four magic bytes of a Kubernetes protobuf frame.</summary>
    public static bool IsFramed(ReadOnlySpan<byte> body) => body.StartsWith("k8s\0"u8);

    /// <summary>Decodes one framed object into the JSON that the same client would have sent; apiVersion and kind are set on the result.</summary>
    /// <param name="frame">The magic bytes and a <c>runtime.Unknown</c> message.</param>
    /// <param name="defaultApiVersion">What to read the object as when the frame does not say; null when unknown.</param>
    /// <param name="defaultKind">Likewise.</param>
    /// <exception cref="ApiException">BadRequest: not a frame, cut short, or of an unknown kind.</exception>
    public static JsonObject Decode(ReadOnlySpan<byte> frame, string? defaultApiVersion, string? defaultKind) =>
        Decode(frame, defaultApiVersion, defaultKind, depth: 0);

    internal static JsonObject Decode(ReadOnlySpan<byte> frame, string? defaultApiVersion, string? defaultKind, int depth)
    {
        if (!IsFramed(frame))
        {
            throw ProtoReader.Malformed("it does not start with the bytes \"k8s\\0\"");
        }

        ReadOnlySpan<byte> raw = [], encoding = [];
        var (apiVersion, kind) = ("", "");
        var reader = new ProtoReader(frame[4..]);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            switch (number)
            {
                case 1 when wireType == ProtoReader.Delimited:
                    (apiVersion, kind) = ReadTypeMeta(reader.ReadDelimited());
                    break;
                case 2 when wireType == ProtoReader.Delimited:
                    raw = reader.ReadDelimited();
                    break;
                case 3 when wireType == ProtoReader.Delimited:
                    encoding = reader.ReadDelimited();
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        if (!encoding.IsEmpty)
        {
            throw ProtoReader.Malformed($"the content encoding \"{Encoding.UTF8.GetString(encoding)}\" is not supported");
        }

        apiVersion = apiVersion.Length > 0 ? apiVersion : defaultApiVersion ?? "";
        kind = kind.Length > 0 ? kind : defaultKind ?? "";
        var type = SchemaTable.Default.ForKind(apiVersion, kind) ?? throw ApiErrors.BadRequest($"no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        var result = new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion };
        ProtoDecoder.Read(raw, type, result, depth);
        return result;
    }

    private static (string ApiVersion, string Kind) ReadTypeMeta(ReadOnlySpan<byte> message)
    {
        var (apiVersion, kind) = ("", "");
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            if (number is 1 or 2 && wireType == ProtoReader.Delimited)
            {
                var text = Encoding.UTF8.GetString(reader.ReadDelimited());
                (apiVersion, kind) = number == 1 ? (text, kind) : (apiVersion, text);
            }
            else
            {
                reader.Skip(wireType);
            }
        }

        return (apiVersion, kind);
    }
}
