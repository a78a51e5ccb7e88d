using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Defaults of one container (core/v1: SetDefaults_Container and its parts).</summary>
internal static class ContainerDefaults
{
    private static readonly string[] Probes = ["livenessProbe", "readinessProbe", "startupProbe"];

    public static void Apply(JsonObject container, bool hostNetwork, bool requestsFromLimits)
    {
        container.DefaultText("imagePullPolicy", MovesWithTime(container.TextOrEmpty("image")) ? "Always" : "IfNotPresent");
        container.DefaultText("terminationMessagePath", "/dev/termination-log");
        container.DefaultText("terminationMessagePolicy", "File");
        container.Ensure("resources");
        DefaultPorts(container, hostNetwork);
        DefaultEnvironment(container);
        foreach (var name in Probes)
        {
            if (container.Object(name) is { } probe)
            {
                DefaultProbe(probe);
            }
        }

        DefaultHttp(container.Object("lifecycle").Object("postStart"));
        DefaultHttp(container.Object("lifecycle").Object("preStop"));
        DefaultResources(container.Ensure("resources"), requestsFromLimits);
    }

    /// <summary>A missing request equals the limit: who bounds a resource is taken to need it.</summary>
    public static void RequestWhatIsLimited(JsonObject resources, JsonObject limits)
    {
        foreach (var (name, limit) in limits)
        {
            var requests = resources.Ensure("requests");
            requests[name] ??= limit?.DeepClone();
        }
    }

    /// <summary>Whether the reference may mean another image tomorrow: its tag is <c>latest</c>, or it has neither tag nor digest.</summary>
    private static bool MovesWithTime(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var reference = at < 0 ? image : image[..at];
        var colon = reference.LastIndexOf(':');
        var tag = colon > reference.LastIndexOf('/') ? reference[(colon + 1)..] : null;
        return tag == "latest" || (tag is null && at < 0);
    }

    private static void DefaultPorts(JsonObject container, bool hostNetwork)
    {
        foreach (var (port, _) in container.Objects("ports"))
        {
            port.DefaultText("protocol", "TCP");
            if (hostNetwork && port["containerPort"] is { } number)
            {
                if (port.Number("hostPort") is null or 0)
                {
                    port["hostPort"] = number.DeepClone();
                }
            }
        }
    }

    private static void DefaultEnvironment(JsonObject container)
    {
        foreach (var (variable, _) in container.Objects("env"))
        {
            var source = variable.Object("valueFrom");
            source.Object("fieldRef")?.DefaultText("apiVersion", "v1");
            if (source.Object("resourceFieldRef") is { } resource)
            {
                resource.DefaultText("divisor", "0");
                Quantities.CanonicalizeField(resource, "divisor");
            }
        }
    }

    private static void DefaultProbe(JsonObject probe)
    {
        probe.DefaultNonZero("timeoutSeconds", 1);
        probe.DefaultNonZero("periodSeconds", 10);
        probe.DefaultNonZero("successThreshold", 1);
        probe.DefaultNonZero("failureThreshold", 3);
        DefaultHttp(probe);
        if (probe.Object("grpc") is { } grpc)
        {
            grpc["service"] ??= "";
        }
    }

    private static void DefaultHttp(JsonObject? handler)
    {
        if (handler.Object("httpGet") is { } http)
        {
            http.DefaultText("path", "/");
            http.DefaultText("scheme", "HTTP");
        }
    }

    private static void DefaultResources(JsonObject resources, bool requestsFromLimits)
    {
        Quantities.Canonicalize(resources.Object("limits"));
        Quantities.Canonicalize(resources.Object("requests"));
        if (requestsFromLimits && resources.Object("limits") is { } limits)
        {
            RequestWhatIsLimited(resources, limits);
        }
    }
}
