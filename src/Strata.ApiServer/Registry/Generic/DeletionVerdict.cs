namespace Strata.ApiServer.Registry.Generic;

internal enum DeletionVerdict
{
    /// <summary>Nothing keeps the object: take it out of the store.</summary>
    Remove,

    /// <summary>The object was changed (deletionTimestamp, finalizers) and is to be written.</summary>
    Mark,

    /// <summary>Deletion has begun before and this request changes nothing.</summary>
    AlreadyWaiting,
}
