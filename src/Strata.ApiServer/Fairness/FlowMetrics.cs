using Strata.Hosting.Metrics;

namespace Strata.ApiServer.Fairness;

/// <summary>How requests get their seats, under upstream's names (apiserver: pkg/util/flowcontrol/metrics).</summary>
internal sealed class FlowMetrics
{
    private static readonly double[] Seconds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

    private readonly CounterFamily _dispatched;
    private readonly CounterFamily _rejected;
    private readonly HistogramFamily _waits;

    public FlowMetrics(MetricRegistry registry, Func<IReadOnlyList<LevelUse>> uses)
    {
        _dispatched = registry.Counter(
            "apiserver_flowcontrol_dispatched_requests_total", "Number of requests executed by API Priority and Fairness subsystem", "flow_schema", "priority_level");
        _rejected = registry.Counter(
            "apiserver_flowcontrol_rejected_requests_total", "Number of requests rejected by API Priority and Fairness subsystem", "flow_schema", "priority_level", "reason");
        _waits = registry.Histogram(
            "apiserver_flowcontrol_request_wait_duration_seconds", "Length of time a request spent waiting in its queue", Seconds, "execute", "flow_schema", "priority_level");
        Add("apiserver_flowcontrol_current_inqueue_requests", "Number of requests currently pending in queues of the API Priority and Fairness subsystem", static use => use.Waiting);
        Add("apiserver_flowcontrol_current_executing_requests", "Number of requests currently executing in the API Priority and Fairness subsystem", static use => use.Running);
        Add("apiserver_flowcontrol_current_executing_seats", "Concurrency (number of seats) occupied by the currently executing requests", static use => use.SeatsInUse);
        Add("apiserver_flowcontrol_nominal_limit_seats", "Nominal number of execution seats configured for each priority level", static use => use.Seats);

        void Add(string name, string help, Func<LevelUse, double> value) =>
            registry.Observe(name, "gauge", help, ["priority_level"], () => uses().Select(use => ((IReadOnlyList<string>)[use.Level], value(use))));
    }

    public void CountDispatched(FlowRule rule, TimeSpan waited)
    {
        _dispatched.Increment(rule.Name, rule.Level.Name);
        _waits.Observe(waited, "true", rule.Name, rule.Level.Name);
    }

    public void CountRefused(FlowRule rule, string reason) => _rejected.Increment(rule.Name, rule.Level.Name, reason);
}
