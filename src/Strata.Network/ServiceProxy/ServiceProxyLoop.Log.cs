using Microsoft.Extensions.Logging;

namespace Strata.Network.ServiceProxy;

internal sealed partial class ServiceProxyLoop
{
    [LoggerMessage(EventIds.ProxyApplied, LogLevel.Debug,
        "Table {Table}: {ServiceCount} services, {CommandLength} characters of nft commands applied in {Milliseconds:0.0} ms")]
    private partial void LogApplied(string table, int serviceCount, int commandLength, double milliseconds);

    [LoggerMessage(EventIds.ProxyApplyFailed, LogLevel.Warning,
        "Table {Table} could not be brought up to date (attempt {Attempt}); it will be replaced as a whole")]
    private partial void LogApplyFailed(Exception exception, string table, int attempt);

    [LoggerMessage(EventIds.ProxyTableLost, LogLevel.Warning, "Table {Table} was removed by someone else; it is put back")]
    private partial void LogTableLost(string table);

    [LoggerMessage(EventIds.ProxyForgotUdpFlows, LogLevel.Debug, "Forgot {Count} UDP flows to endpoints that are gone")]
    private partial void LogForgotUdpFlows(int count);
}
