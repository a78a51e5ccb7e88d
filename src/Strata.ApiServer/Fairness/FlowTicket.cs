namespace Strata.ApiServer.Fairness;

/// <summary>The seats of one running request; disposing it gives them back, once.</summary>
internal sealed class FlowTicket : IDisposable
{
    private FlowController? _owner;

    public FlowTicket(FlowController owner, LevelState level, FlowQueue? queue, int seats, FlowRule rule, long started)
    {
        _owner = owner;
        Level = level;
        Queue = queue;
        Seats = seats;
        Rule = rule;
        Started = started;
    }

    public FlowRule Rule { get; }

    public LevelState Level { get; }

    public FlowQueue? Queue { get; }

    public int Seats { get; }

    public long Started { get; }

    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Leave(this);
}
