namespace Strata.ApiServer.Cache;

internal enum CacheEventType
{
    Added,
    Modified,
    Deleted,
}
