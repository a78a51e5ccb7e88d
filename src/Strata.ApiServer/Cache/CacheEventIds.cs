namespace Strata.ApiServer.Cache;

/// <summary>Log event ids of the watch cache: 7900 to 7919 of this project's block. Next free: 7904.</summary>
internal static class CacheEventIds
{
    public const int Filled = 7900;
    public const int Relisting = 7901;
    public const int Unreadable = 7902;
    public const int Undecodable = 7903;
}
