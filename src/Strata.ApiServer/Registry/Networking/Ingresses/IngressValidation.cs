using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking.Ingresses;

/// <summary>Rules of Ingresses (networking: validation.go ValidateIngressSpec).</summary>
internal static class IngressValidation
{
    private const string ClassAnnotation = "kubernetes.io/ingress.class";
    private const string NotAnAddress = "must be a DNS name, not an IP address";

    private static readonly string[] StrangeParts = ["//", "/./", "/../", "%2f", "%2F"];
    private static readonly string[] StrangeEnds = ["/..", "/."];

    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var fallback = spec.Object("defaultBackend");
        if (spec.Count("rules") == 0 && fallback is null)
        {
            errors.Invalid("spec", spec?["rules"] ?? new JsonArray(), "either `defaultBackend` or `rules` must be specified");
        }

        if (fallback is not null)
        {
            ValidateBackend(fallback, "spec.defaultBackend", errors);
        }

        foreach (var (rule, index) in spec.Objects("rules"))
        {
            ValidateRule(rule, $"spec.rules[{index}]", errors);
        }

        foreach (var (tls, index) in spec.Objects("tls"))
        {
            ValidateTls(tls, $"spec.tls[{index}]", errors);
        }

        if (spec.Text("ingressClassName") is { } className)
        {
            ObjectNames.ValidateSubdomain(className, "spec.ingressClassName", errors);
        }
    }

    /// <summary>The annotation of old names the class; both together must agree when they are new.</summary>
    public static void ValidateCreate(JsonObject target, FieldErrors errors)
    {
        var className = target.Object("spec").Text("ingressClassName");
        if (className is not null && target.Object("metadata").Object("annotations").Text(ClassAnnotation) is { } annotation && annotation != className)
        {
            errors.Invalid($"annotations.{ClassAnnotation}", annotation, "must match `ingressClassName` when both are specified");
        }
    }

    public static void ValidateStatus(JsonObject? status, FieldErrors errors)
    {
        foreach (var (point, index) in status.Object("loadBalancer").Objects("ingress"))
        {
            var path = $"status.loadBalancer.ingress[{index}]";
            if (point.Text("ip") is { } ip && !Addresses.TryParse(ip, out _))
            {
                errors.Invalid($"{path}.ip", ip, Addresses.AnyIP);
            }

            if (point.Text("hostname") is { } hostname)
            {
                ObjectNames.ValidateSubdomain(hostname, $"{path}.hostname", errors);
                RefuseAddress(hostname, $"{path}.hostname", errors);
            }
        }
    }

    private static void RefuseAddress(string host, string path, FieldErrors errors)
    {
        if (Addresses.TryParse(host, out _))
        {
            errors.Invalid(path, host, NotAnAddress);
        }
    }

    private static void ValidateHost(string host, string path, FieldErrors errors)
    {
        if (host.Contains('*', StringComparison.Ordinal))
        {
            ObjectNames.ValidateWildcard(host, path, errors);
        }
        else
        {
            ObjectNames.ValidateSubdomain(host, path, errors);
        }
    }

    private static void ValidateRule(JsonObject rule, string path, FieldErrors errors)
    {
        if (rule.Text("host") is { } host)
        {
            RefuseAddress(host, $"{path}.host", errors);
            ValidateHost(host, $"{path}.host", errors);
        }

        if (rule.Object("http") is not { } http)
        {
            return;
        }

        if (http.Count("paths") == 0)
        {
            errors.Required($"{path}.http.paths");
        }

        foreach (var (entry, index) in http.Objects("paths"))
        {
            ValidatePath(entry, $"{path}.http.paths[{index}]", errors);
        }
    }

    private static void ValidatePath(JsonObject entry, string path, FieldErrors errors)
    {
        var text = entry.TextOrEmpty("path");
        switch (entry.Text("pathType"))
        {
            case null:
                errors.Required($"{path}.pathType", "pathType must be specified");
                return;
            case "Exact" or "Prefix":
                ValidateExactPath(text, $"{path}.path", errors);
                break;
            case "ImplementationSpecific":
                if (text.Length > 0 && text[0] != '/')
                {
                    errors.Invalid($"{path}.path", text, "must be an absolute path");
                }

                break;
            case var other:
                errors.NotSupported($"{path}.pathType", other, "Exact", "ImplementationSpecific", "Prefix");
                break;
        }

        ValidateBackend(entry.Object("backend"), $"{path}.backend", errors);
    }

    private static void ValidateExactPath(string text, string path, FieldErrors errors)
    {
        if (!text.StartsWith('/'))
        {
            errors.Invalid(path, text, "must be an absolute path");
        }

        foreach (var part in StrangeParts.Where(part => text.Contains(part, StringComparison.Ordinal)))
        {
            errors.Invalid(path, text, $"must not contain '{part}'");
        }

        foreach (var end in StrangeEnds.Where(end => text.EndsWith(end, StringComparison.Ordinal)))
        {
            errors.Invalid(path, text, $"cannot end with '{end}'");
        }
    }

    private static void ValidateBackend(JsonObject? backend, string path, FieldErrors errors)
    {
        switch (backend.Object("service"), backend.Object("resource"))
        {
            case ({ }, { }):
                errors.Invalid(path, "", "cannot set both resource and service backends");
                break;
            case (null, null):
                errors.Invalid(path, "", "resource or service backend is required");
                break;
            case (null, { } resource):
                LocalReferences.Validate(resource, $"{path}.resource", errors);
                break;
            case ({ } service, null):
                ValidateService(service, path, errors);
                break;
        }
    }

    private static void ValidateService(JsonObject service, string path, FieldErrors errors)
    {
        if (service.Text("name") is { } name)
        {
            ObjectNames.ValidateRfc1035Label(name, $"{path}.service.name", errors);
        }
        else
        {
            errors.Required($"{path}.service.name");
        }

        switch (service.Object("port").Text("name"), service.Object("port").Number("number") ?? 0)
        {
            case ({ }, not 0):
                errors.Invalid(path, "", "cannot set both port name & port number");
                break;
            case ({ } portName, _):
                PortNames.Validate(portName, $"{path}.service.port.name", errors);
                break;
            case (null, 0):
                errors.Required(path, "port name or number is required");
                break;
            case (null, var number):
                Addresses.ValidatePort(number, $"{path}.service.port.number", errors);
                break;
        }
    }

    private static void ValidateTls(JsonObject tls, string path, FieldErrors errors)
    {
        foreach (var (host, index) in tls.Texts("hosts"))
        {
            ValidateHost(host, $"{path}.hosts[{index}]", errors);
        }

        if (tls.Text("secretName") is { } secret)
        {
            ObjectNames.ValidateSubdomain(secret, $"{path}.secretName", errors);
        }
    }
}
