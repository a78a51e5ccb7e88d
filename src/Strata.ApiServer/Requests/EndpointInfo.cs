using Strata.Api.Models;
using Strata.Api.OpenApi;

namespace Strata.ApiServer.Requests;

/// <summary>One resource or subresource as discovery describes it.</summary>
/// <param name="Group">Group it is served in.</param>
/// <param name="Version">Version it is served in.</param>
/// <param name="Resource">Plural name.</param>
/// <param name="Subresource">For example <c>status</c>; empty for the resource itself.</param>
/// <param name="Kind">Kind that it takes and answers; its group and version may be others than those it is served in.</param>
/// <param name="Namespaced">Whether paths have a namespace.</param>
/// <param name="Verbs">Verbs it knows, in alphabetical order.</param>
internal sealed record EndpointInfo(
    string Group, string Version, string Resource, string Subresource, KindInfo Kind, bool Namespaced, IReadOnlyList<string> Verbs)
{
    public string Singular { get; init; } = "";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>For a kind that is not built in, what OpenAPI tells about it; null for others and for subresources.</summary>
    public CustomKind? Custom { get; init; }

    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Resource and subresource as in legacy discovery: <c>pods/log</c>.</summary>
    public string FullName => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";
}
