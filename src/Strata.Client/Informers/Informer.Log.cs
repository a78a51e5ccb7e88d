using Microsoft.Extensions.Logging;

namespace Strata.Client.Informers;

internal sealed partial class Informer<T>
{
    [LoggerMessage(4001, LogLevel.Warning, "Listing {Resource} failed, trying again: {Problem}")]
    private partial void LogListFailed(string resource, string problem);

    [LoggerMessage(4002, LogLevel.Debug, "Watching {Resource} failed, trying again: {Problem}")]
    private partial void LogWatchFailed(string resource, string problem);

    [LoggerMessage(4003, LogLevel.Debug, "Version {Version} of {Resource} is gone, listing again")]
    private partial void LogRelist(string resource, string version);
}
