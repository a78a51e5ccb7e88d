using System.Globalization;
using System.Text;
using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Kubelet.Statistics;

/// <summary>The text of <c>/metrics/resource</c> (kubelet <c>metrics/collectors/resource_metrics.go</c>). Samples carry their time, from which readers compute rates.</summary>
internal sealed class ResourceMetrics
{
    private readonly StringBuilder _text = new();

    /// <summary>Whether something could not be measured.</summary>
    public bool Failed { get; set; }

    public void Add(MachineUsage node)
    {
        Begin("node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds");
        Sample("node_cpu_usage_seconds_total", "", Seconds(node.CpuNanoseconds), node.At);
        Begin("node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes");
        Sample("node_memory_working_set_bytes", "", node.WorkingSetBytes, node.At);
    }

    public void Add(IReadOnlyList<PodStatistics> pods)
    {
        ContainerUsage[] containers = [.. pods.SelectMany(static pod => pod.Containers).Select(static container => container.Usage).OfType<ContainerUsage>()];
        Begin("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the container in core-seconds");
        Each(containers, "container_cpu_usage_seconds_total", static usage => Seconds(usage.CpuNanoseconds));
        Begin("container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
        Each(containers, "container_memory_working_set_bytes", static usage => usage.WorkingSetBytes);
        Begin("container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds");
        foreach (var pod in pods)
        {
            foreach (var container in pod.Containers)
            {
                if (container.StartedAt is { } at)
                {
                    Sample("container_start_time_seconds", Labels(pod.Pod, container.Name), at.ToUnixTimeMilliseconds() / 1000.0, null);
                }
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

    private static string Labels(ContainerUsage usage) => Labels(usage.Name, usage.PodNamespace, usage.PodName);

    private static string Labels(ObjectMeta pod, string container) => Labels(container, pod.Namespace, pod.Name);

    private static string Labels(string container, string namespaceName, string pod) => $"{{container=\"{container}\",namespace=\"{namespaceName}\",pod=\"{pod}\"}}";

    private static double Seconds(long nanoseconds) => nanoseconds / 1e9;
}
