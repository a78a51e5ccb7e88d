namespace Strata.ApiServer.Registry.Generic;

/// <summary>What became of an update.</summary>
/// <param name="Object">The object as stored, or as it was last when the update finished its deletion.</param>
/// <param name="IsCreated">Whether the object did not exist before.</param>
internal readonly record struct UpdateResult(ServedObject Object, bool IsCreated);
