using System.Globalization;
using System.Text.RegularExpressions;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Validation;

internal static partial class ContainerValidator
{
    public static void Check(ContainerGroupProperties group, InstanceLimits limits, Problems problems)
    {
        foreach (var container in group.Containers!)
        {
            var target = $"properties.containers['{container.Name}'].properties";
            CheckCommon(container, group, target, problems);
            ProbeValidator.Check(container.Properties!.LivenessProbe, $"{target}.livenessProbe", problems);
            ProbeValidator.Check(container.Properties.ReadinessProbe, $"{target}.readinessProbe", problems);
            CheckPorts(container.Properties, target, problems);
        }

        foreach (var container in group.InitContainers!)
        {
            var target = $"properties.initContainers['{container.Name}'].properties";
            CheckCommon(container, group, target, problems);
            var init = container.Properties!;
            problems.Require(
                init is { Ports: null or { Count: 0 }, Resources: null, LivenessProbe: null, ReadinessProbe: null }, target,
                $"The init container '{container.Name}' must not have ports, resources or probes.");
        }

        CheckPortClashes(group, problems);
        CheckResources(group, limits, problems);
    }

    private static void CheckCommon(Container container, ContainerGroupProperties group, string target, Problems problems)
    {
        var properties = container.Properties!;
        problems.Require(
            ContainerGroupValidator.IsName(container.Name), target,
            $"'{container.Name}' is not a valid container name: 1 to 63 lower-case letters, digits and hyphens, no hyphen first or last.");
        problems.Require(!string.IsNullOrEmpty(properties.Image), $"{target}.image", $"The container '{container.Name}' has no image.");
        problems.Require(
            properties.Image?.Any(char.IsWhiteSpace) != true, $"{target}.image", $"'{properties.Image}' is not an image reference.");
        UnsupportedFeatures.Check(properties, target, problems);
        CapabilityRules.Check(properties.SecurityContext?.Capabilities?.Add, $"{target}.securityContext.capabilities.add", problems);
        VolumeValidator.CheckMounts(properties, group, target, problems);
        CheckEnvironment(properties, target, problems);
    }

    private static void CheckEnvironment(ContainerProperties container, string target, Problems problems)
    {
        foreach (var variable in container.EnvironmentVariables!)
        {
            var variableTarget = $"{target}.environmentVariables['{variable.Name}']";
            problems.Require(
                VariableRule().IsMatch(variable.Name ?? ""), variableTarget,
                $"'{variable.Name}' is not a valid environment variable name: letters, digits and underscores, not starting with a digit.");
            problems.Require(
                variable.Value is null || variable.SecureValue is null, variableTarget,
                $"The environment variable '{variable.Name}' has both a value and a secure value.");
        }

        foreach (var duplicate in container.EnvironmentVariables.GroupBy(v => v.Name).Where(g => g.Count() > 1))
        {
            problems.Invalid($"{target}.environmentVariables", $"The environment variable '{duplicate.Key}' is given more than once.");
        }
    }

    private static void CheckPorts(ContainerProperties container, string target, Problems problems)
    {
        foreach (var port in container.Ports!)
        {
            problems.Require(port.Port is >= 1 and <= 65535, $"{target}.ports", $"{port.Port} is not a port: use 1 to 65535.");
            ContainerGroupValidator.OneOf(problems, port.Protocol, $"{target}.ports.protocol", "TCP", "UDP");
        }
    }

    /// <summary>All containers share one network namespace.</summary>
    private static void CheckPortClashes(ContainerGroupProperties group, Problems problems)
    {
        var clashes = group.Containers!.SelectMany(c => c.Properties!.Ports!).GroupBy(p => (p.Port, p.Protocol)).Where(g => g.Count() > 1);
        foreach (var clash in clashes)
        {
            problems.Invalid("properties.containers", $"Port {clash.Key.Port}/{clash.Key.Protocol} is used more than once in the group.");
        }
    }

    private static void CheckResources(ContainerGroupProperties group, InstanceLimits limits, Problems problems)
    {
        foreach (var container in group.Containers!)
        {
            var target = $"properties.containers['{container.Name}'].properties.resources";
            var requests = container.Properties!.Resources?.Requests;
            CheckRequest(requests?.Cpu, "Cpu", container.Name, $"{target}.requests.cpu", problems);
            CheckRequest(requests?.MemoryInGB, "MemoryInGB", container.Name, $"{target}.requests.memoryInGB", problems);
        }

        if (problems.Found.Any(p => p.Code == ErrorCodes.RequestsNotSpecified))
        {
            return; // Without the requests there is no total to compare with.
        }

        var totalCpu = group.Containers.Sum(c => c.Properties!.Resources!.Requests!.Cpu!.Value);
        var totalMemory = group.Containers.Sum(c => c.Properties!.Resources!.Requests!.MemoryInGB!.Value);
        foreach (var container in group.Containers)
        {
            var resources = container.Properties!.Resources!;
            CheckLimit(resources.Limits?.Cpu, resources.Requests!.Cpu!.Value, totalCpu, "Cpu", container.Name, problems);
            CheckLimit(resources.Limits?.MemoryInGB, resources.Requests.MemoryInGB!.Value, totalMemory, "MemoryInGB", container.Name, problems);
        }

        if (totalCpu > limits.MaxGroupCpu || totalMemory > limits.MaxGroupMemoryInGB)
        {
            problems.Add(
                ErrorCodes.ServiceUnavailable, "properties.containers",
                FormattableString.Invariant($"The requested resource exceeds the largest container group of the location '{limits.Location}': {limits.MaxGroupCpu} CPU and {limits.MaxGroupMemoryInGB} GB memory. Resource requested: '{totalCpu}' CPU '{totalMemory}' GB memory '{group.OsType}' OS."));
        }
    }

    private static void CheckRequest(double? value, string resource, string? container, string target, Problems problems)
    {
        if (value is null)
        {
            problems.Add(ErrorCodes.RequestsNotSpecified, target, $"The '{resource}' request is not specified for container '{container}'. Specify 'resources.requests.cpu' and 'resources.requests.memoryInGB'.");
        }
        else if (!double.IsFinite(value.Value) || value <= 0)
        {
            problems.Invalid(target, FormattableString.Invariant($"The '{resource}' request '{value}' in container '{container}' must be greater than 0."));
        }
    }

    private static void CheckLimit(
        double? limit, double request, double total, string resource, string? container, Problems problems)
    {
        var target = $"properties.containers['{container}'].properties.resources.limits";
        if (limit < request)
        {
            problems.Invalid(target, FormattableString.Invariant($"The '{resource}' limit '{limit}' in container '{container}' is less than its request '{request}'."));
        }

        // Sums of doubles such as 0.1 + 0.2 come out a little off; a millionth is far below anything that is allocated.
        if (limit > total + 1e-6)
        {
            problems.Add(
                ErrorCodes.LimitGreaterThanTotalRequest, target,
                string.Create(CultureInfo.InvariantCulture, $"The '{resource}' limit '{limit}' in container '{container}' is greater than the total request '{total}' of the container group."));
        }
    }

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex VariableRule();
}
