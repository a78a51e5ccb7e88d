using Microsoft.Extensions.Logging;

namespace Strata.Client.Events;

public sealed partial class EventRecorder
{
    [LoggerMessage(4101, LogLevel.Debug, "Event {Reason} about {Name} was not written: {Problem}")]
    private partial void LogDropped(string reason, string name, string problem);
}
