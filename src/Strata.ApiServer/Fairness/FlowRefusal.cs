namespace Strata.ApiServer.Fairness;

/// <summary>Why a request got no seat; the words are those of upstream's metric.</summary>
internal static class FlowRefusal
{
    public const string QueueFull = "queue-full";
    public const string TooLong = "time-out";
    public const string NoQueues = "concurrency-limit";
    public const string Cancelled = "cancelled";
}
