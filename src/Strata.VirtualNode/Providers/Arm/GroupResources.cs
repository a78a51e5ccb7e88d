using System.Globalization;
using Strata.Api.Models;
using Strata.Arm.ContainerGroups;
using Container = Strata.Api.Models.Container;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Requests and limits of a pod in ACI's terms: a request is allocated and billed, a container may use no more than its limit, and no limit may exceed what the
/// whole group requests.</summary>
/// <remarks>
/// <para>Memory limits above that total raise the request, since an earlier end by out-of-memory would be a different pod; CPU limits are cut, since that only slows.</para>
/// <para>With the extension figures are passed on exactly, in units of 2³⁰ bytes as our service reads them. Without it they follow the azure-aci provider: CPU down to 0.01,
/// memory in 10⁹ bytes down to 0.1, never less than one such step.</para>
/// </remarks>
internal sealed class GroupResources(ArmProviderOptions options)
{
    private const double BytesPerGiB = 1024d * 1024 * 1024;
    private const double BytesPerGB = 1e9;
    private readonly List<string> _notes = [];

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>One entry for each container of the spec, in its order.</summary>
    public IReadOnlyList<ContainerResources> Plan(PodSpec spec)
    {
        var cpu = spec.Containers.Select(container => Request(container, "cpu") ?? options.DefaultCpu).ToArray();
        var memory = spec.Containers.Select(container => Request(container, "memory") ?? options.DefaultMemoryInGB).ToArray();
        MakeRoomForInit(spec, "cpu", cpu);
        MakeRoomForInit(spec, "memory", memory);
        for (var index = 0; index < memory.Length; index++)
        {
            if (Limit(spec.Containers[index], "memory") is { } limit && limit - memory.Sum() is > 1e-9 and var missing)
            {
                memory[index] += missing;
                _notes.Add(Text($"container \"{spec.Containers[index].Name}\" requests {memory[index]:0.###} GB of memory instead of less, since its limit must be within what is requested"));
            }
        }

        var (totalCpu, totalMemory) = (cpu.Sum(), memory.Sum());
        return [.. spec.Containers.Select((container, index) => new ContainerResources
        {
            Requests = new ResourceAmounts { Cpu = Tidy(cpu[index]), MemoryInGB = Tidy(memory[index]) },
            Limits = Limits(container, cpu[index], memory[index], totalCpu, totalMemory),
        })];
    }

    private ResourceAmounts? Limits(Container container, double cpu, double memory, double totalCpu, double totalMemory)
    {
        // Kubernetes lets a container without a limit use what is free. All that can be free in a group is what its neighbours requested.
        var cpuLimit = Limit(container, "cpu") ?? (options.UsePodExtension && totalCpu > cpu ? totalCpu : null);
        var memoryLimit = Limit(container, "memory") ?? (options.UsePodExtension && totalMemory > memory ? totalMemory : null);
        if (cpuLimit > totalCpu + 1e-9)
        {
            _notes.Add(Text($"container \"{container.Name}\" is limited to {totalCpu:0.###} CPU instead of {cpuLimit:0.###}, which is all that its pod requests"));
            cpuLimit = totalCpu;
        }

        return cpuLimit is null && memoryLimit is null
            ? null
            : new ResourceAmounts { Cpu = Tidy(Highest(cpuLimit, cpu)), MemoryInGB = Tidy(Highest(memoryLimit, memory)) };
    }

    // Init containers have no resources of their own in ACI; they use the group's.
    private void MakeRoomForInit(PodSpec spec, string resource, double[] amounts)
    {
        var needed = spec.InitContainers.Select(container => Request(container, resource) ?? 0).DefaultIfEmpty().Max();
        if (needed - amounts.Sum() is > 1e-9 and var missing)
        {
            amounts[0] += missing;
            _notes.Add(Text($"container \"{spec.Containers[0].Name}\" requests {amounts[0]:0.###} of {resource} instead of less, for the sake of an init container"));
        }
    }

    private double? Request(Container container, string resource) =>
        container.Resources.Requests.TryGetValue(resource, out var request) && !request.IsZero ? Convert(resource, request) : Limit(container, resource);

    private double? Limit(Container container, string resource) =>
        container.Resources.Limits.TryGetValue(resource, out var limit) && !limit.IsZero ? Convert(resource, limit) : null;

    private double Convert(string resource, Quantity quantity) => (resource, options.UsePodExtension) switch
    {
        ("cpu", true) => quantity.MilliValue / 1000d,
        ("cpu", false) => Math.Max(Math.Floor(quantity.MilliValue / 10d) / 100, 0.01),
        (_, true) => quantity.Value / BytesPerGiB,
        (_, false) => Math.Max(Math.Floor(quantity.Value / BytesPerGB * 10) / 10, 0.1),
    };

    private static double? Highest(double? limit, double request) => limit is null ? null : Math.Max(limit.Value, request);

    // Sums of decimal fractions leave dust in the last digits; a thousandth of a byte is none.
    private static double? Tidy(double? amount) => amount is null ? null : Math.Round(amount.Value, 13);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
