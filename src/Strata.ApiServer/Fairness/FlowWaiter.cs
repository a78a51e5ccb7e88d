namespace Strata.ApiServer.Fairness;

/// <summary>A request that waits for seats.</summary>
internal sealed record FlowWaiter(FlowRule Rule, string Distinguisher, int Seats)
{
    /// <summary>Completes with the seats; cancelled when they come too late.</summary>
    public TaskCompletionSource<FlowTicket> Seated { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FlowQueue? Queue { get; set; }
}
