using Strata.Api;
using Strata.ApiServer.Cache;
using Strata.Client;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>One object at one version, as answered to a request. Immutable.</summary>
/// <param name="Key">Namespace and name.</param>
/// <param name="Shared">JSON with resourceVersion, and the typed form once someone has asked for it.</param>
internal readonly record struct ServedObject(ObjectKey Key, ApiObject Shared)
{
    public ReadOnlyMemory<byte> Json => Shared.Json;

    /// <summary>An object in the watch cache; everyone in the process who reads it gets the same instance.</summary>
    public static ServedObject From(CacheEntry entry) => new(new ObjectKey(entry.Namespace, entry.Name), SharedOf(entry));

    /// <summary>The form of a cached object that is shared in the process.</summary>
    public static ApiObject SharedOf(CacheEntry entry) => entry.Parsed(static json => new ApiObject(json));
}
