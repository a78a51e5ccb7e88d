namespace Strata.Pods;

/// <summary>Log event ids of this project (6000–6999): 6001 WatchedObject. Next free: 6002. An id is never used again.</summary>
internal static class EventIds;
