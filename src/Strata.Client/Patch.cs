using System.Text;

namespace Strata.Client;

/// <summary>A patch body with its media type.</summary>
/// <param name="ContentType">Media type that names the patch kind.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record Patch(string ContentType, ReadOnlyMemory<byte> Body)
{
    public static Patch Merge(string json) => new("application/merge-patch+json", Encoding.UTF8.GetBytes(json));

    public static Patch Strategic(string json) => new("application/strategic-merge-patch+json", Encoding.UTF8.GetBytes(json));

    public static Patch Json(string json) => new("application/json-patch+json", Encoding.UTF8.GetBytes(json));
}
