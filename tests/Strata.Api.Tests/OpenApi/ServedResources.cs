using Strata.Api.Models;
using Strata.Api.OpenApi;
using Strata.Api.Schema;

namespace Strata.Api.Tests.OpenApi;

/// <summary>Every built-in resource as a server would publish it.</summary>
internal static class ServedResources
{
    public static IReadOnlyList<OpenApiResource> All { get; } =
    [
        .. SchemaTable.Default.Resources.Select(resource => new OpenApiResource(
            new KindInfo(resource.Group, resource.Version, resource.Kind, resource.Plural, resource.Namespaced),
            resource.Verbs,
            [.. resource.Subresources.Select(sub => new OpenApiSubresource(sub.Name, sub.ApiVersion, sub.Kind, sub.Verbs))])),
    ];
}
