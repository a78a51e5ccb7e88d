namespace Strata.Store;

public enum StoreEventKind
{
    Put,
    Delete,
}
