namespace Strata.ApiServer.Registry.Generic;

/// <summary>What became of a deletion.</summary>
/// <param name="Object">The object as it was last, or as it is now while it waits.</param>
/// <param name="IsRemoved">False while finalizers or a grace period keep the object.</param>
internal readonly record struct DeleteResult(ServedObject Object, bool IsRemoved);
