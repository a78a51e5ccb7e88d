using Strata.Api.Errors;

namespace Strata.ApiServer.Fairness;

/// <summary>A request got no seat: 429, with a time to come back. A type of its own, since the server counts what it turns away to protect itself.</summary>
internal sealed class FlowRefusedException(FlowRule rule, string reason) : Exception($"no seat at priority level \"{rule.Level.Name}\": {reason}")
{
    public ApiStatus Status { get; } = new()
    {
        Code = 429,
        Reason = StatusReason.TooManyRequests,
        Message = $"too many requests, please try again later: priority level \"{rule.Level.Name}\", flow schema \"{rule.Name}\" ({reason})",
        RetryAfterSeconds = 1,
    };
}
