using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary>Writes the older discovery documents, one per group and version, which <c>kubectl drain</c>, <c>auth can-i</c> and older clients still read.</summary>
internal static class LegacyDiscovery
{
    /// <summary>GET /api.</summary>
    /// <param name="address">Host and port that clients should use.</param>
    public static byte[] CoreVersions(string address) => JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "APIVersions");
        JsonDocuments.WriteTexts(writer, "versions", ["v1"]);
        writer.WriteStartArray("serverAddressByClientCIDRs"u8);
        writer.WriteStartObject();
        writer.WriteString("clientCIDR"u8, "0.0.0.0/0");
        writer.WriteString("serverAddress"u8, address);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>GET /apis.</summary>
    public static byte[] Groups(IReadOnlyList<GroupVersionResources> versions) => JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "APIGroupList");
        writer.WriteString("apiVersion"u8, "v1");
        writer.WriteStartArray("groups"u8);
        foreach (var group in versions.Where(static version => version.Group.Length > 0).GroupBy(static version => version.Group))
        {
            writer.WriteStartObject();
            WriteGroup(writer, group.Key, [.. group]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>GET /apis/{group}.</summary>
    public static byte[] Group(string name, IReadOnlyList<GroupVersionResources> versions) => JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "APIGroup");
        writer.WriteString("apiVersion"u8, "v1");
        WriteGroup(writer, name, versions);
        writer.WriteEndObject();
    });

    /// <summary>GET /api/v1 and /apis/{group}/{version}.</summary>
    public static byte[] Resources(GroupVersionResources version) => JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "APIResourceList");
        writer.WriteString("apiVersion"u8, "v1");
        writer.WriteString("groupVersion"u8, version.GroupVersion);
        writer.WriteStartArray("resources"u8);
        foreach (var endpoint in version.Endpoints)
        {
            WriteResource(writer, endpoint);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteGroup(Utf8JsonWriter writer, string name, IReadOnlyList<GroupVersionResources> versions)
    {
        writer.WriteString("name"u8, name);
        writer.WriteStartArray("versions"u8);
        foreach (var version in versions)
        {
            WriteVersion(writer, version);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("preferredVersion"u8);
        WriteVersion(writer, versions[0]);
    }

    private static void WriteVersion(Utf8JsonWriter writer, GroupVersionResources version)
    {
        writer.WriteStartObject();
        writer.WriteString("groupVersion"u8, version.GroupVersion);
        writer.WriteString("version"u8, version.Version);
        writer.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter writer, EndpointInfo endpoint)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, endpoint.FullName);
        writer.WriteString("singularName"u8, endpoint.Singular);
        writer.WriteBoolean("namespaced"u8, endpoint.Namespaced);
        if (endpoint.Kind.Group != endpoint.Group || endpoint.Kind.Version != endpoint.Version)
        {
            writer.WriteString("group"u8, endpoint.Kind.Group);
            writer.WriteString("version"u8, endpoint.Kind.Version);
        }

        writer.WriteString("kind"u8, endpoint.Kind.Kind);
        JsonDocuments.WriteTexts(writer, "verbs", endpoint.Verbs);
        JsonDocuments.WriteTexts(writer, "shortNames", endpoint.ShortNames);
        JsonDocuments.WriteTexts(writer, "categories", endpoint.Categories);
        if (endpoint.Subresource.Length == 0 && endpoint.Verbs.Contains("list"))
        {
            // Changes when the stored form does; here that is the served form.
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{endpoint.GroupVersion}/{endpoint.Kind.Kind}"));
            writer.WriteBase64String("storageVersionHash"u8, hash.AsSpan(0, 8));
        }

        writer.WriteEndObject();
    }
}
