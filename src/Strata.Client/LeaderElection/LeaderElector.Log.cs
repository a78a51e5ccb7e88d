using Microsoft.Extensions.Logging;

namespace Strata.Client.LeaderElection;

public sealed partial class LeaderElector
{
    [LoggerMessage(4201, LogLevel.Information, "{Identity} leads {Lease}")]
    private partial void LogLeads(string identity, string lease);

    [LoggerMessage(4202, LogLevel.Warning, "{Identity} does not lead {Lease} any more: {Reason}")]
    private partial void LogLost(string identity, string lease, string reason);

    [LoggerMessage(4203, LogLevel.Information, "{Identity} has given {Lease} back")]
    private partial void LogReleased(string identity, string lease);

    [LoggerMessage(4204, LogLevel.Debug, "{Identity} could not take, renew or give back {Lease}, trying again: {Problem}")]
    private partial void LogAttemptFailed(string identity, string lease, string problem);

    [LoggerMessage(4205, LogLevel.Error, "The work that goes with {Lease} failed and is started again")]
    private partial void LogWorkFailed(Exception error, string lease);
}
