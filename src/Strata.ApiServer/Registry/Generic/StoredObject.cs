using Strata.Client;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>One object at one version. Immutable and shared by everyone who reads it.</summary>
/// <param name="key">Namespace and name.</param>
/// <param name="revision">Store revision of the version; 0 for one that was never stored (dry run).</param>
/// <param name="shared">JSON with resourceVersion, and the typed form once someone asked for it.</param>
internal sealed class StoredObject(Api.ObjectKey key, long revision, ApiObject shared)
{
    public Api.ObjectKey Key { get; } = key;

    public long Revision { get; } = revision;

    public ApiObject Shared { get; } = shared;

    public ReadOnlyMemory<byte> Json => Shared.Json;
}
