namespace Strata.NodeAgent;

/// <summary>Log event ids of this project (10000–10999): 10001–10019 pod workers, 10020–10029 agent, 10030–10039 node status, 10040–10049 runtime monitor,
/// 10050–10059 images, 10060–10069 logs and garbage, 10070–10079 node server. Next free block: 10080. An id is never used again.</summary>
internal static class EventIds;
