namespace Strata.Pods.Probes;

/// <summary>Result of one probe.</summary>
/// <param name="IsSuccess">Whether the container answered as it should.</param>
/// <param name="Message">What it answered; shown in the event Unhealthy.</param>
public sealed record ProbeOutcome(bool IsSuccess, string Message)
{
    public static readonly ProbeOutcome Success = new(true, "");

    public static ProbeOutcome Failure(string message) => new(false, message);
}
