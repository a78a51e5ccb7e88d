namespace Strata.ApiServer.Fairness;

/// <summary>How one priority level is run (flowcontrol/v1 PriorityLevelConfiguration).</summary>
/// <param name="Name">As in metrics and refusals.</param>
/// <param name="IsExempt">Whether its requests run at once, whatever else runs.</param>
/// <param name="Shares">Its part of the server's seats, as a weight among all levels.</param>
/// <param name="LendablePercent">How much of that part others may use while it stands idle, 0 to 100.</param>
/// <param name="BorrowingPercent">How far it may go beyond its part, in percent of it; null for as far as there is room.</param>
/// <param name="Queues">Number of queues; 0 when requests without a seat are refused at once.</param>
/// <param name="HandSize">Among how many of the queues one flow spreads, 1 to <paramref name="Queues"/>.</param>
/// <param name="QueueLength">Requests that may wait in one queue.</param>
internal sealed record PriorityLevel(
    string Name, bool IsExempt, int Shares, int LendablePercent, int? BorrowingPercent, int Queues, int HandSize, int QueueLength)
{
    /// <summary>Its object's uid, which answers tell; empty for a built-in level without an object.</summary>
    public string Uid { get; init; } = "";
}
