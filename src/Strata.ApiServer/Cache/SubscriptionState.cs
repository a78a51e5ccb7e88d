namespace Strata.ApiServer.Cache;

internal enum SubscriptionState
{
    Open,

    /// <summary>The reader disposed it.</summary>
    Closed,

    /// <summary>The reader let too many events wait: it must begin again from the last revision it saw.</summary>
    TooSlow,

    /// <summary>The cache stopped.</summary>
    CacheStopped,
}
