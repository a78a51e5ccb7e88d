namespace Strata.Store.Tests.Contract;

internal enum StoreOperationKind
{
    Put,
    PutAgain,
    Create,
    Delete,
    Compact,
}

/// <param name="Staleness">-1: unconditional; 0: from the current revision; otherwise so many revisions older.</param>
internal sealed record StoreOperation(StoreOperationKind Kind, string Key, int Staleness);
