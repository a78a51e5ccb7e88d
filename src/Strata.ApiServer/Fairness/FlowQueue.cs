namespace Strata.ApiServer.Fairness;

/// <summary>One of a level's queues. Guarded by the controller's lock.</summary>
internal sealed class FlowQueue
{
    public LinkedList<FlowWaiter> Waiting { get; } = [];

    /// <summary>Seats of its requests that run.</summary>
    public int Running { get; set; }

    /// <summary>How much service, in seat-seconds, the queue has had in the level's virtual time: the queue with the least is next.</summary>
    public double Served { get; set; }
}
