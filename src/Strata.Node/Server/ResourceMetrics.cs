using System.Globalization;
using System.Text;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>The text of <c>/metrics/resource</c> (kubelet <c>metrics/collectors/resource_metrics.go</c>). Samples carry their time, from which readers compute rates.</summary>
internal sealed class ResourceMetrics
{
    private readonly StringBuilder _text = new();

    /// <summary>Whether something could not be measured.</summary>
    public bool Failed { get; set; }

    public void Add(NodeUsage node)
    {
        Begin("node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds");
        Sample("node_cpu_usage_seconds_total", "", Seconds(node.CpuNanoseconds), node.At);
        Begin("node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes");
        Sample("node_memory_working_set_bytes", "", node.WorkingSetBytes, node.At);
    }

    /// <param name="started">Start times by container id.</param>
    public void Add(IReadOnlyList<ContainerUsage> containers, Dictionary<string, DateTimeOffset?> started)
    {
        Begin("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the container in core-seconds");
        Each(containers, "container_cpu_usage_seconds_total", static usage => Seconds(usage.CpuNanoseconds));
        Begin("container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
        Each(containers, "container_memory_working_set_bytes", static usage => usage.WorkingSetBytes);
        Begin("container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds");
        foreach (var usage in containers)
        {
            if (started.GetValueOrDefault(usage.ContainerId) is { } at)
            {
                Sample("container_start_time_seconds", Labels(usage), at.ToUnixTimeMilliseconds() / 1000.0, null);
            }
        }

        Begin("pod_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the pod in core-seconds");
        EachPod(containers, "pod_cpu_usage_seconds_total", static usage => Seconds(usage.CpuNanoseconds));
        Begin("pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes");
        EachPod(containers, "pod_memory_working_set_bytes", static usage => usage.WorkingSetBytes);
    }

    public override string ToString()
    {
        Begin("resource_scrape_error", "gauge", "1 if there was an error while getting container metrics, 0 otherwise");
        Sample("resource_scrape_error", "", Failed ? 1 : 0, null);
        return _text.ToString();
    }

    private void Each(IReadOnlyList<ContainerUsage> containers, string name, Func<ContainerUsage, double> value)
    {
        foreach (var usage in containers)
        {
            Sample(name, Labels(usage), value(usage), usage.At);
        }
    }

    private void EachPod(IReadOnlyList<ContainerUsage> containers, string name, Func<ContainerUsage, double> value)
    {
        foreach (var pod in containers.GroupBy(static usage => (usage.PodUid, usage.PodNamespace, usage.PodName)))
        {
            Sample(name, $"{{namespace=\"{pod.Key.PodNamespace}\",pod=\"{pod.Key.PodName}\"}}", pod.Sum(value), pod.Max(static usage => usage.At));
        }
    }

    private void Begin(string name, string type, string help) => _text.Append($"# HELP {name} [STABLE] {help}\n# TYPE {name} {type}\n");

    private void Sample(string name, string labels, double value, DateTimeOffset? at)
    {
        _text.Append(name).Append(labels).Append(CultureInfo.InvariantCulture, $" {value}");
        if (at is { } time)
        {
            _text.Append(CultureInfo.InvariantCulture, $" {time.ToUnixTimeMilliseconds()}");
        }

        _text.Append('\n');
    }

    private static string Labels(ContainerUsage usage) => $"{{container=\"{usage.Name}\",namespace=\"{usage.PodNamespace}\",pod=\"{usage.PodName}\"}}";

    private static double Seconds(long nanoseconds) => nanoseconds / 1e9;
}
