using System.Text;
using System.Text.Json;
using Strata.Api.Models;
using Strata.Pods.References;
using Strata.Pods.Runtime;

namespace Strata.Pods.Images;

/// <summary>Finds the credentials for an image among a pod's pull secrets. Source: pkg/credentialprovider (behaviour).</summary>
public static class PullSecrets
{
    /// <summary>Credentials that match the image, most specific registry path first. Secrets that are missing or malformed are passed over.</summary>
    public static IReadOnlyList<RegistryCredential> For(Pod pod, ReferencedObjects objects, ImageReference image)
    {
        var found = new List<(int Length, RegistryCredential Credential)>();
        foreach (var reference in pod.Spec.ImagePullSecrets)
        {
            if (objects.Secrets.TryGetValue(reference.Name, out var secret))
            {
                found.AddRange(Entries(secret).Where(entry => Matches(entry.Registry, image)).Select(entry => (entry.Registry.Length, entry.Credential)));
            }
        }

        return [.. found.OrderByDescending(entry => entry.Length).Select(entry => entry.Credential)];
    }

    private static IEnumerable<(string Registry, RegistryCredential Credential)> Entries(Secret secret)
    {
        var isLegacy = secret.Type == "kubernetes.io/dockercfg";
        if (!secret.Data.TryGetValue(isLegacy ? ".dockercfg" : ".dockerconfigjson", out var json))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var auths = isLegacy ? root : root.TryGetProperty("auths", out var found) ? found : default;
            return auths.ValueKind == JsonValueKind.Object
                ? [.. auths.EnumerateObject().Select(entry => (Normalize(entry.Name), Credential(entry.Value))).Where(entry => entry.Item2 is not null).Select(entry => (entry.Item1, entry.Item2!))]
                : [];
        }
        catch (JsonException)
        {
            return []; // A broken secret must not hide the others; the pull fails with the registry's own message.
        }
    }

    private static RegistryCredential? Credential(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var user = Text(entry, "username");
        var password = Text(entry, "password");
        if (Text(entry, "auth") is { Length: > 0 } auth)
        {
            var buffer = new byte[auth.Length];
            var decoded = Convert.TryFromBase64String(auth, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : "";
            var colon = decoded.IndexOf(':', StringComparison.Ordinal);
            (user, password) = colon < 0 ? (user, password) : (decoded[..colon], decoded[(colon + 1)..].TrimEnd('\0'));
        }

        var token = Text(entry, "identitytoken");
        return user.Length + token.Length == 0 ? null : new RegistryCredential(user, password, token);
    }

    private static string Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Normalize(string registry)
    {
        var scheme = registry.IndexOf("://", StringComparison.Ordinal);
        var rest = (scheme < 0 ? registry : registry[(scheme + 3)..]).TrimEnd('/');
        rest = rest.EndsWith("/v1", StringComparison.Ordinal) || rest.EndsWith("/v2", StringComparison.Ordinal) ? rest[..^3] : rest;
        return rest is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : rest;
    }

    private static bool Matches(string registry, ImageReference image)
    {
        var slash = registry.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? registry : registry[..slash];
        var path = slash < 0 ? "" : registry[(slash + 1)..];
        return HostMatches(host, image.Registry) && (path.Length == 0 || image.Repository == path || image.Repository.StartsWith(path + "/", StringComparison.Ordinal));
    }

    // "*.example.com" stands for exactly one label per star.
    private static bool HostMatches(string pattern, string host)
    {
        var wanted = pattern.Split('.');
        var actual = host.Split('.');
        return wanted.Length == actual.Length && wanted.Zip(actual).All(pair => pair.First == "*" || pair.First == pair.Second);
    }
}
