namespace Strata.Api.OpenApi;

/// <summary>A served subresource.</summary>
/// <param name="Name">For example <c>status</c>.</param>
/// <param name="ApiVersion">Group and version of its kind, for example <c>autoscaling/v1</c>.</param>
/// <param name="Kind">For example <c>Scale</c>.</param>
/// <param name="Verbs">API verbs such as <c>get</c>.</param>
public sealed record OpenApiSubresource(string Name, string ApiVersion, string Kind, IReadOnlyList<string> Verbs);
