namespace Strata.Api.Models;

/// <summary>A page of objects, all read at one resource version.</summary>
/// <param name="Items">The objects, ordered by namespace and name.</param>
/// <param name="ResourceVersion">The version the list was read at; start a watch from it.</param>
/// <param name="Continue">Token of the next page; null on the last page.</param>
public sealed record ObjectList<T>(IReadOnlyList<T> Items, string ResourceVersion, string? Continue = null)
    where T : class;
