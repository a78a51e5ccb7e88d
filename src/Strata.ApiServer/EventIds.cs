namespace Strata.ApiServer;

/// <summary>Log event ids of this project: 7000 to 7999 (7900 to 7919 belong to the watch cache). Ids are never used twice. Next free: 7016.</summary>
internal static class EventIds
{
    public const int RequestFailed = 7001;
    public const int StoreFailed = 7002;
    public const int Started = 7003;
    public const int Stopped = 7004;
    public const int UpkeepFailed = 7005;
    public const int Compacted = 7006;
    public const int KindFailed = 7007;
    public const int NotReleased = 7008;
    public const int OrphanReleased = 7009;
    public const int AllocationShared = 7010;
    public const int DefinitionServed = 7011;
    public const int DefinitionFailed = 7012;
    public const int DefinitionNotServed = 7013;
    public const int ServerSilent = 7014;
    public const int PresenceFailed = 7015;
}
