using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of probes and lifecycle hooks (core: validation.go validateProbe, validateHandler).</summary>
internal static class ProbeValidation
{
    public static void ValidateAll(JsonObject container, string path, FieldErrors errors)
    {
        foreach (var name in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container.Object(name) is { } probe)
            {
                ValidateProbe(probe, name, $"{path}.{name}", errors);
            }
        }

        if (container.Object("lifecycle") is { } lifecycle)
        {
            foreach (var name in (ReadOnlySpan<string>)["postStart", "preStop"])
            {
                if (lifecycle.Object(name) is { } hook)
                {
                    ValidateHandler(hook, ["exec", "httpGet", "tcpSocket", "sleep"], $"{path}.lifecycle.{name}", errors);
                }
            }
        }
    }

    private static void ValidateProbe(JsonObject probe, string name, string path, FieldErrors errors)
    {
        ValidateHandler(probe, ["exec", "httpGet", "tcpSocket", "grpc"], path, errors);
        foreach (var field in (ReadOnlySpan<string>)["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
        {
            probe.ValidateNotNegative(field, path, errors);
        }

        if (name == "readinessProbe")
        {
            if (probe.Number("terminationGracePeriodSeconds") is { } grace)
            {
                errors.Invalid($"{path}.terminationGracePeriodSeconds", grace, "must not be set for readinessProbes");
            }

            return;
        }

        if (probe.Number("successThreshold") is not 1 and var threshold)
        {
            errors.Invalid($"{path}.successThreshold", threshold, "must be 1");
        }

        if (probe.Number("terminationGracePeriodSeconds") is <= 0 and var own)
        {
            errors.Invalid($"{path}.terminationGracePeriodSeconds", own, "must be greater than 0");
        }
    }

    private static void ValidateHandler(JsonObject handler, ReadOnlySpan<string> types, string path, FieldErrors errors)
    {
        var count = 0;
        foreach (var type in types)
        {
            if (handler.Object(type) is not { } action)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Forbidden($"{path}.{type}", "may not specify more than 1 handler type");
                continue;
            }

            ValidateAction(type, action, $"{path}.{type}", errors);
        }

        if (count == 0)
        {
            errors.Required(path, "must specify a handler type");
        }
    }

    private static void ValidateAction(string type, JsonObject action, string path, FieldErrors errors)
    {
        switch (type)
        {
            case "exec":
                if (action.Count("command") == 0)
                {
                    errors.Required($"{path}.command");
                }

                break;
            case "httpGet":
                ValidateHttp(action, path, errors);
                break;
            case "tcpSocket":
                PortNames.ValidateNumberOrName(action["port"], $"{path}.port", errors);
                break;
            case "grpc":
                Addresses.ValidatePort(action.Number("port"), $"{path}.port", errors);
                break;
            case "sleep":
                if (action.Number("seconds") is null or < 0)
                {
                    errors.Invalid($"{path}.seconds", action.Number("seconds") ?? 0, "must be a non-negative number of seconds");
                }

                break;
        }
    }

    private static void ValidateHttp(JsonObject action, string path, FieldErrors errors)
    {
        if (action.Text("path") is null)
        {
            errors.Required($"{path}.path");
        }

        PortNames.ValidateNumberOrName(action["port"], $"{path}.port", errors);
        if (action.TextOrEmpty("scheme") is not ("HTTP" or "HTTPS") and var scheme)
        {
            errors.NotSupported($"{path}.scheme", scheme, "HTTP", "HTTPS");
        }

        foreach (var (header, index) in action.Objects("httpHeaders"))
        {
            var name = header.TextOrEmpty("name");
            if (name.Length == 0 || !name.All(static character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            {
                errors.Invalid(
                    $"{path}.httpHeaders[{index}].name", name,
                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')");
            }
        }
    }
}
