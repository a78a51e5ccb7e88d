namespace Strata.ApiServer.Cache;

/// <summary>The metadata that lists and watches select by.</summary>
/// <param name="Namespace">Empty for objects that have no namespace.</param>
internal sealed record StoredMetadata(string Namespace, string Name, IReadOnlyDictionary<string, string> Labels);
