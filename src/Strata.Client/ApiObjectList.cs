namespace Strata.Client;

/// <summary>A page of a list.</summary>
/// <param name="Items">Objects, ordered by namespace and name.</param>
/// <param name="ResourceVersion">Version of the list.</param>
/// <param name="Continue">Token of the next page; null on the last one.</param>
public sealed record ApiObjectList(IReadOnlyList<ApiObject> Items, string ResourceVersion, string? Continue);
