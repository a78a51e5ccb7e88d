using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Json;

namespace Strata.Api.ManagedFields;

/// <summary>The annotation in which client-side apply remembers what it applied (apimachinery: lastappliedmanager.go, lastappliedupdater.go).</summary>
internal static class LastApplied
{
    /// <summary>The manager whose server-side applies follow client-side ones. Whoever wants none of this picks another name.</summary>
    public const string Kubectl = "kubectl";

    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    // apimachinery: validation.TotalAnnotationSizeLimitB.
    private const int MaxAnnotationBytes = 256 * 1024;

    /// <summary>The fields that client-side apply wrote last and that still have the values it wrote; null when the annotation does not say.</summary>
    public static FieldSet? OwnedFields(JsonObject live, string apiVersion, MergeSchema schema)
    {
        if (Parse(AnnotationOf(live)) is not { } applied || JsonRead.Text(applied, "apiVersion") != apiVersion || AppliedCheck.Problems(applied, schema).Count > 0)
        {
            return null;
        }

        var change = TreeComparison.Between(applied, live, schema);
        return TreeFields.Of(applied, schema).Difference(change.Modified).Difference(change.Added).Difference(change.Removed);
    }

    /// <summary>Brings an existing annotation up to date, so that client-side apply can go on from here.</summary>
    public static ApplyResult Refresh(ApplyResult result, ApplyRequest request)
    {
        if (request.Applier.Manager != Kubectl || AnnotationOf(result.Object) is null)
        {
            return result;
        }

        var applied = (JsonObject)request.Applied.DeepClone();
        ((applied["metadata"] as JsonObject)?["annotations"] as JsonObject)?.Remove(Annotation);
        var annotations = (JsonObject)result.Object["metadata"]!["annotations"]!;
        annotations[Annotation] = Encoding.UTF8.GetString(JsonBytes.Serialize(applied)) + "\n";
        if (annotations.Sum(static entry => Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value?.ToString() ?? "")) > MaxAnnotationBytes)
        {
            annotations.Remove(Annotation);
        }

        return result;
    }

    private static string? AnnotationOf(JsonObject source) =>
        (source["metadata"] as JsonObject)?["annotations"] is JsonObject annotations && JsonRead.Text(annotations, Annotation) is { Length: > 0 } text ? text : null;

    private static JsonObject? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // Somebody edited it; then it proves nothing.
        }
    }
}
