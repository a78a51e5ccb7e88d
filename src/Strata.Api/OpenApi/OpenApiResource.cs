using Strata.Api.Models;

namespace Strata.Api.OpenApi;

/// <summary>A served resource as OpenAPI describes it.</summary>
/// <param name="Kind">Names and scope.</param>
/// <param name="Verbs">API verbs: create, delete, deletecollection, get, list, patch, update, watch.</param>
/// <param name="Subresources">Served subresources.</param>
public sealed record OpenApiResource(KindInfo Kind, IReadOnlyList<string> Verbs, IReadOnlyList<OpenApiSubresource> Subresources)
{
    /// <summary>For a kind that is not built in, its schema; null for others.</summary>
    public CustomKind? Custom { get; init; }
}
