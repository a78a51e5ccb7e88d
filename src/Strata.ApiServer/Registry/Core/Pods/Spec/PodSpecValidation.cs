using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of a pod's spec (core: validation.go ValidatePodSpec). The parts have a class each.</summary>
internal static class PodSpecValidation
{
    public static void Validate(JsonObject? spec, string path, FieldErrors errors)
    {
        spec ??= [];
        var volumes = VolumeValidation.Validate(spec, $"{path}.volumes", errors);
        ValidateContainers(spec, path, volumes, errors);
        HostPortValidation.Validate(spec, path, errors);
        ValidateRestartPolicy(spec.Text("restartPolicy"), $"{path}.restartPolicy", errors);
        DnsValidation.Validate(spec, path, errors);
        QualifiedNames.ValidateLabels(spec.Object("nodeSelector"), $"{path}.nodeSelector", errors);
        SecurityContextValidation.ValidatePod(spec, path, errors);
        ValidateNames(spec, path, errors);
        AffinityValidation.Validate(spec.Object("affinity"), $"{path}.affinity", errors);
        TolerationValidation.Validate(spec, $"{path}.tolerations", errors);
        TopologySpreadValidation.Validate(spec, $"{path}.topologySpreadConstraints", errors);
        ValidateHostAliases(spec, $"{path}.hostAliases", errors);
        if (spec.Number("activeDeadlineSeconds") is not (null or (>= 1 and <= int.MaxValue)) and var deadline)
        {
            errors.Invalid($"{path}.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive");
        }

        ResourceValidation.Validate(spec.Object("resources"), $"{path}.resources", errors);
        Quantities.ValidateMap(spec.Object("overhead"), $"{path}.overhead", errors);
        ValidateGates(spec, path, errors);
    }

    private static void ValidateContainers(JsonObject spec, string path, IReadOnlyDictionary<string, JsonObject> volumes, FieldErrors errors)
    {
        if (spec.Count("containers") == 0)
        {
            errors.Required($"{path}.containers");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in PodSpecDefaults.ContainerLists.AsSpan())
        {
            var role = list switch
            {
                "initContainers" => ContainerRole.Init,
                "containers" => ContainerRole.Main,
                _ => ContainerRole.Ephemeral,
            };
            foreach (var (container, index) in spec.Objects(list))
            {
                ContainerValidation.Validate(container, role, $"{path}.{list}[{index}]", names, volumes, errors);
            }
        }
    }

    private static void ValidateRestartPolicy(string? policy, string path, FieldErrors errors)
    {
        if (policy is null)
        {
            errors.Required(path);
        }
        else if (policy is not ("Always" or "OnFailure" or "Never"))
        {
            errors.NotSupported(path, policy, "Always", "OnFailure", "Never");
        }
    }

    private static void ValidateNames(JsonObject spec, string path, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"])
        {
            if (spec.Text(field) is { } name)
            {
                ObjectNames.ValidateSubdomain(name, $"{path}.{field}", errors);
            }
        }

        if (spec.Text("schedulerName") is { } scheduler)
        {
            QualifiedNames.Validate(scheduler, $"{path}.schedulerName", errors);
        }

        foreach (var field in (ReadOnlySpan<string>)["hostname", "subdomain"])
        {
            if (spec.Text(field) is { } label)
            {
                ObjectNames.ValidateLabel(label, $"{path}.{field}", errors);
            }
        }

        foreach (var (reference, index) in spec.Objects("imagePullSecrets"))
        {
            if (reference.Text("name") is null)
            {
                errors.Required($"{path}.imagePullSecrets[{index}].name");
            }
        }

        if (spec.Text("preemptionPolicy") is not (null or "Never" or "PreemptLowerPriority") and var policy)
        {
            errors.NotSupported($"{path}.preemptionPolicy", policy, "Never", "PreemptLowerPriority");
        }

        if (spec.Object("os") is { } os && os.TextOrEmpty("name") is not ("linux" or "windows") and var system)
        {
            errors.NotSupported($"{path}.os.name", system, "linux", "windows");
        }
    }

    private static void ValidateHostAliases(JsonObject spec, string path, FieldErrors errors)
    {
        foreach (var (alias, index) in spec.Objects("hostAliases"))
        {
            if (!Addresses.TryParse(alias.Text("ip"), out _))
            {
                errors.Invalid($"{path}[{index}].ip", alias.TextOrEmpty("ip"), Addresses.AnyIP);
            }

            foreach (var (hostname, position) in alias.Texts("hostnames"))
            {
                ObjectNames.ValidateSubdomain(hostname, $"{path}[{index}].hostnames[{position}]", errors);
            }
        }
    }

    private static void ValidateGates(JsonObject spec, string path, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (gate, index) in spec.Objects("schedulingGates"))
        {
            var name = gate.TextOrEmpty("name");
            QualifiedNames.Validate(name, $"{path}.schedulingGates[{index}].name", errors);
            if (!seen.Add(name))
            {
                errors.Duplicate($"{path}.schedulingGates[{index}]", name);
            }
        }

        foreach (var (gate, index) in spec.Objects("readinessGates"))
        {
            QualifiedNames.Validate(gate.TextOrEmpty("conditionType"), $"{path}.readinessGates[{index}].conditionType", errors);
        }
    }
}
