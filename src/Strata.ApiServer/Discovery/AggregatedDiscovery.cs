using System.Text.Json;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary>Writes APIGroupDiscoveryList (apidiscovery.k8s.io/v2): everything that is served, in one document (KEP-3352).</summary>
internal static class AggregatedDiscovery
{
    public const string ContentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public static byte[] Write(IReadOnlyList<GroupVersionResources> versions) => JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "APIGroupDiscoveryList");
        writer.WriteString("apiVersion"u8, "apidiscovery.k8s.io/v2");
        writer.WriteStartObject("metadata"u8);
        writer.WriteEndObject();
        writer.WriteStartArray("items"u8);
        foreach (var group in versions.GroupBy(static version => version.Group))
        {
            WriteGroup(writer, group.Key, group);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteGroup(Utf8JsonWriter writer, string name, IEnumerable<GroupVersionResources> versions)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("metadata"u8);
        if (name.Length > 0)
        {
            writer.WriteString("name"u8, name);
        }

        writer.WriteNull("creationTimestamp"u8);
        writer.WriteEndObject();
        writer.WriteStartArray("versions"u8);
        foreach (var version in versions)
        {
            writer.WriteStartObject();
            writer.WriteString("version"u8, version.Version);
            writer.WriteStartArray("resources"u8);
            foreach (var endpoint in version.Endpoints.Where(static endpoint => endpoint.Subresource.Length == 0))
            {
                WriteResource(writer, endpoint, version.Endpoints);
            }

            writer.WriteEndArray();
            writer.WriteString("freshness"u8, "Current");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter writer, EndpointInfo endpoint, IReadOnlyList<EndpointInfo> all)
    {
        writer.WriteStartObject();
        writer.WriteString("resource"u8, endpoint.Resource);
        WriteKind(writer, endpoint);
        writer.WriteString("scope"u8, endpoint.Namespaced ? "Namespaced" : "Cluster");
        writer.WriteString("singularResource"u8, endpoint.Singular);
        JsonDocuments.WriteTexts(writer, "verbs", endpoint.Verbs);
        JsonDocuments.WriteTexts(writer, "shortNames", endpoint.ShortNames);
        JsonDocuments.WriteTexts(writer, "categories", endpoint.Categories);
        var subresources = all.Where(other => other.Resource == endpoint.Resource && other.Subresource.Length > 0).ToList();
        if (subresources.Count > 0)
        {
            writer.WriteStartArray("subresources"u8);
            foreach (var subresource in subresources)
            {
                writer.WriteStartObject();
                writer.WriteString("subresource"u8, subresource.Subresource);
                WriteKind(writer, subresource);
                JsonDocuments.WriteTexts(writer, "verbs", subresource.Verbs);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    // Group and version are empty when they are those of the enclosing version.
    private static void WriteKind(Utf8JsonWriter writer, EndpointInfo endpoint)
    {
        var kind = endpoint.Kind;
        var isOwn = kind.Group == endpoint.Group && kind.Version == endpoint.Version;
        writer.WriteStartObject("responseKind"u8);
        writer.WriteString("group"u8, isOwn ? "" : kind.Group);
        writer.WriteString("version"u8, isOwn ? "" : kind.Version);
        writer.WriteString("kind"u8, kind.Kind);
        writer.WriteEndObject();
    }
}
