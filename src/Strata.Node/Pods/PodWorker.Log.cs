using Microsoft.Extensions.Logging;

namespace Strata.NodeAgent.Pods;

internal sealed partial class PodWorker
{
    [LoggerMessage(10002, LogLevel.Warning, "Pod {Namespace}/{Name} could not be brought to its wanted state and is tried again: {Problem}")]
    private partial void LogFailed(string @namespace, string name, string problem);

    [LoggerMessage(10003, LogLevel.Debug, "Pod {Namespace}/{Name}: container {Container} started as {Id} ({Milliseconds} ms after the pass began)")]
    private partial void LogStarted(string @namespace, string name, string container, string id, long milliseconds);

    [LoggerMessage(10004, LogLevel.Debug, "Pod {Namespace}/{Name} has ended on this node")]
    private partial void LogEnded(string @namespace, string name);
}
