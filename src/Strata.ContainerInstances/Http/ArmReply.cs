using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Strata.Arm;

namespace Strata.ContainerInstances.Http;

/// <summary>An answer: status, JSON body if any, and the headers that the operation adds.</summary>
internal sealed record ArmReply(int Status, byte[]? Body = null)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static ArmReply Json<T>(int status, T value, JsonTypeInfo<T> type) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static ArmReply Error(int status, string code, string message, string? target = null) => Error(status, new ArmError(code, message, target));

    public static ArmReply Error(int status, ArmError error) =>
        Json(status, new ArmErrorResponse { Error = error }, ArmJson.Default.ArmErrorResponse);
}
