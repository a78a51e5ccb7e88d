using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of one container (core: validation.go validateContainerCommon and its callers).</summary>
internal static class ContainerValidation
{
    private static readonly string[] RunningFields = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"];

    /// <param name="names">Names taken by containers before this one; gets this one's.</param>
    /// <param name="volumes">The pod's volumes by name.</param>
    public static void Validate(
        JsonObject container, ContainerRole role, string path, HashSet<string> names, IReadOnlyDictionary<string, JsonObject> volumes, FieldErrors errors)
    {
        ValidateName(container, path, names, errors);
        ValidateImage(container, path, errors);
        ValidatePorts(container, $"{path}.ports", errors);
        EnvironmentValidation.Validate(container, path, errors);
        VolumeMountValidation.Validate(container, path, volumes, errors);
        ResourceValidation.Validate(container.Object("resources"), $"{path}.resources", errors);
        SecurityContextValidation.ValidateContainer(container.Object("securityContext"), $"{path}.securityContext", errors);
        ValidateTermination(container, path, errors);
        ValidateRole(container, role, path, errors);
    }

    private static void ValidateName(JsonObject container, string path, HashSet<string> names, FieldErrors errors)
    {
        if (container.Text("name") is not { } name)
        {
            errors.Required($"{path}.name");
            return;
        }

        ObjectNames.ValidateLabel(name, $"{path}.name", errors);
        if (!names.Add(name))
        {
            errors.Duplicate($"{path}.name", name);
        }
    }

    private static void ValidateImage(JsonObject container, string path, FieldErrors errors)
    {
        if (container.Text("image") is not { } image)
        {
            errors.Required($"{path}.image");
        }
        else if (image.Trim().Length != image.Length)
        {
            errors.Invalid($"{path}.image", image, "must not have leading or trailing whitespace");
        }

        var policy = container.TextOrEmpty("imagePullPolicy");
        if (policy is not ("Always" or "IfNotPresent" or "Never"))
        {
            errors.NotSupported($"{path}.imagePullPolicy", policy, "Always", "IfNotPresent", "Never");
        }
    }

    private static void ValidatePorts(JsonObject container, string path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (port, index) in container.Objects("ports"))
        {
            var portPath = $"{path}[{index}]";
            if (port.Text("name") is { } name)
            {
                PortNames.Validate(name, $"{portPath}.name", errors);
                if (!names.Add(name))
                {
                    errors.Duplicate($"{portPath}.name", name);
                }
            }

            if (port.Number("containerPort") is null or 0)
            {
                errors.Required($"{portPath}.containerPort");
            }
            else
            {
                Addresses.ValidatePort(port.Number("containerPort"), $"{portPath}.containerPort", errors);
            }

            if (port.Number("hostPort") is not (null or 0))
            {
                Addresses.ValidatePort(port.Number("hostPort"), $"{portPath}.hostPort", errors);
            }

            PortNames.ValidateProtocol(port.Text("protocol"), $"{portPath}.protocol", errors);
        }
    }

    private static void ValidateTermination(JsonObject container, string path, FieldErrors errors)
    {
        var policy = container.TextOrEmpty("terminationMessagePolicy");
        if (policy is not ("File" or "FallbackToLogsOnError"))
        {
            errors.NotSupported($"{path}.terminationMessagePolicy", policy, "FallbackToLogsOnError", "File");
        }

        foreach (var (resize, index) in container.Objects("resizePolicy"))
        {
            if (resize.TextOrEmpty("resourceName") is not ("cpu" or "memory") and var resource)
            {
                errors.NotSupported($"{path}.resizePolicy[{index}].resourceName", resource, "cpu", "memory");
            }

            if (resize.TextOrEmpty("restartPolicy") is not ("NotRequired" or "RestartContainer") and var restart)
            {
                errors.NotSupported($"{path}.resizePolicy[{index}].restartPolicy", restart, "NotRequired", "RestartContainer");
            }
        }
    }

    private static void ValidateRole(JsonObject container, ContainerRole role, string path, FieldErrors errors)
    {
        var restartPolicy = container.Text("restartPolicy");
        if (role == ContainerRole.Init && restartPolicy is not (null or "Always"))
        {
            errors.NotSupported($"{path}.restartPolicy", restartPolicy, "Always");
        }
        else if (role != ContainerRole.Init && restartPolicy is not null)
        {
            errors.Forbidden($"{path}.restartPolicy", role == ContainerRole.Ephemeral ? "cannot be set for an Ephemeral Container" : "may not be set for non-init containers");
        }

        if (role == ContainerRole.Main || (role == ContainerRole.Init && restartPolicy == "Always"))
        {
            ProbeValidation.ValidateAll(container, path, errors);
            return;
        }

        foreach (var field in RunningFields)
        {
            if (container.Object(field) is not null)
            {
                errors.Forbidden(
                    $"{path}.{field}", role == ContainerRole.Init ? "may not be set for init containers without restartPolicy=Always" : "cannot be set for an Ephemeral Container");
            }
        }

        if (role == ContainerRole.Ephemeral && container.Count("ports") > 0)
        {
            errors.Forbidden($"{path}.ports", "cannot be set for an Ephemeral Container");
        }
    }
}
