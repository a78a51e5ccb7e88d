using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Ports of the node that a pod's containers open: no two the same, and on the host's network no others than their own
/// (core: validation.go checkHostPortConflicts, validateHostNetwork).</summary>
internal static class HostPortValidation
{
    public static void Validate(JsonObject spec, string path, FieldErrors errors)
    {
        // Init containers that end do not meet the others; sidecars do.
        var seen = new HashSet<(string, string, long)>();
        foreach (var (container, index) in spec.Objects("containers"))
        {
            ValidateContainer(container, $"{path}.containers[{index}]", seen, spec.IsTrue("hostNetwork"), errors);
        }

        foreach (var (container, index) in spec.Objects("initContainers"))
        {
            var own = container.Text("restartPolicy") == "Always" ? seen : [];
            ValidateContainer(container, $"{path}.initContainers[{index}]", own, spec.IsTrue("hostNetwork"), errors);
        }
    }

    private static void ValidateContainer(JsonObject container, string path, HashSet<(string, string, long)> seen, bool hostNetwork, FieldErrors errors)
    {
        foreach (var (port, index) in container.Objects("ports"))
        {
            var hostPort = port.Number("hostPort") ?? 0;
            if (hostNetwork && hostPort != 0 && port.Number("containerPort") is { } own && own != hostPort)
            {
                errors.Invalid($"{path}.ports[{index}].containerPort", own, "must match `hostPort` when `hostNetwork` is true");
            }

            var protocol = port.TextOrEmpty("protocol");
            var hostIP = port.TextOrEmpty("hostIP");
            if (hostPort != 0 && !seen.Add((protocol, hostIP, hostPort)))
            {
                errors.Duplicate($"{path}.ports[{index}].hostPort", $"{protocol}/{hostIP}/{hostPort}");
            }
        }
    }
}
