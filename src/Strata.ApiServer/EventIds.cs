namespace Strata.ApiServer;

/// <summary>Log event ids of this project: 7000 to 7999. Ids are never used twice. Next free: 7001.</summary>
internal static class EventIds
{
}
