namespace Strata.ApiServer.Registry.Generic;

/// <summary>In whose name a write is booked in metadata.managedFields.</summary>
/// <param name="Manager">The parameter fieldManager, or else who the client says or is known to be.</param>
/// <param name="IsApply">The write is a server-side apply: the owners in the new object are already worked out, and a missing object is created.</param>
internal readonly record struct WriteOwner(string Manager, bool IsApply = false)
{
    /// <summary>The server itself.</summary>
    public static readonly WriteOwner Server = new("kube-apiserver");
}
