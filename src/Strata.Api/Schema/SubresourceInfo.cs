namespace Strata.Api.Schema;

/// <summary>A subresource such as <c>pods/log</c>.</summary>
/// <param name="Name">For example <c>log</c>.</param>
/// <param name="ApiVersion">Group and version of the kind it takes and returns; often that of the resource itself.</param>
/// <param name="Kind">For example <c>Scale</c>.</param>
/// <param name="Verbs">API verbs such as <c>get</c>.</param>
public sealed record SubresourceInfo(string Name, string ApiVersion, string Kind, IReadOnlyList<string> Verbs);
