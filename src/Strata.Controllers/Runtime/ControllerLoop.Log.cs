using Microsoft.Extensions.Logging;
using Strata.Api;

namespace Strata.Controllers.Runtime;

internal sealed partial class ControllerLoop
{
    [LoggerMessage(9001, LogLevel.Debug, "{Controller} looks at {Key} again: {Problem}")]
    private partial void LogBehind(string controller, ObjectKey key, string problem);

    [LoggerMessage(9002, LogLevel.Warning, "{Controller} failed on {Key} and will try again")]
    private partial void LogFailed(Exception error, string controller, ObjectKey key);
}
