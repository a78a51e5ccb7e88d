using System.Text.Json;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.Controllers.Discovery;

/// <summary>Asks the server which resources it has, by the legacy discovery documents that every server answers.</summary>
internal static class ResourceDiscovery
{
    /// <summary>The resources of every group, each in the first version that has it in the group's order of preference; subresources left out.</summary>
    public static async Task<IReadOnlyList<ApiResource>> AllAsync(IApiTransport transport, CancellationToken cancellationToken)
    {
        var resources = new List<ApiResource>();
        await AddAsync(transport, "/api/v1", "", "v1", resources, cancellationToken);
        using var groups = JsonDocument.Parse((await transport.SendAsync(new ApiRequest(HttpMethod.Get, "/apis"), cancellationToken)).Json);
        foreach (var group in groups.RootElement.GetProperty("groups").EnumerateArray())
        {
            var name = group.GetProperty("name").GetString()!;
            foreach (var version in group.GetProperty("versions").EnumerateArray().Select(static entry => entry.GetProperty("version").GetString()!))
            {
                try
                {
                    await AddAsync(transport, $"/apis/{name}/{version}", name, version, resources, cancellationToken);
                }
                catch (ApiException gone) when (gone.IsNotFound)
                {
                    // Its last definition was deleted since the groups were listed.
                }
            }
        }

        return resources;
    }

    private static async Task AddAsync(
        IApiTransport transport, string path, string group, string version, List<ApiResource> resources, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse((await transport.SendAsync(new ApiRequest(HttpMethod.Get, path), cancellationToken)).Json);
        foreach (var resource in document.RootElement.GetProperty("resources").EnumerateArray())
        {
            var plural = resource.GetProperty("name").GetString()!;
            if (!plural.Contains('/', StringComparison.Ordinal) && !resources.Exists(known => known.Kind.Group == group && known.Kind.Plural == plural))
            {
                var kind = new KindInfo(group, version, resource.GetProperty("kind").GetString()!, plural, resource.GetProperty("namespaced").GetBoolean());
                resources.Add(new ApiResource(kind, resource.GetProperty("verbs").EnumerateArray().Select(verb => verb.GetString()!).ToHashSet()));
            }
        }
    }
}
