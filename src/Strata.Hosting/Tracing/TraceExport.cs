using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Strata.Hosting.Tracing;

/// <summary>Sends traces of this process to an OpenTelemetry collector, when the standard environment variables ask for it (OpenTelemetry specification, "Environment Variable
/// Specification"): <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c> names the collector; <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>_HEADERS</c>,
/// <c>_TIMEOUT</c>, <c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c> and <c>OTEL_SDK_DISABLED</c> work as they do elsewhere.</summary>
public static class TraceExport
{
    /// <summary>Starts sending; null when nobody asked. Without it a span costs one look at a list of listeners.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>To dispose at the end; sends what is left.</returns>
    /// <exception cref="FormatException">The endpoint is no URL.</exception>
    public static IDisposable? Start(string version, Func<string, string?> variable)
    {
        var endpoint = Given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", variable) ?? Given("OTEL_EXPORTER_OTLP_ENDPOINT", variable);
        if (endpoint is null || string.Equals(Given("OTEL_SDK_DISABLED", variable), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new FormatException($"OTEL_EXPORTER_OTLP_ENDPOINT is \"{endpoint}\", which is no URL such as http://127.0.0.1:4317");
        }

        return Build(version);
    }

    // Apart, so that the libraries are loaded by those only who want them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TracerProvider Build(string version) =>
        Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("strata", serviceVersion: version).AddEnvironmentVariableDetector())
            .AddSource("Strata.*", "Microsoft.AspNetCore", "System.Net.Http", "Grpc.Net.Client") // Besides ours: requests to the instances' API, and what goes out to others and to containerd.
            .AddOtlpExporter()
            .Build();

    private static string? Given(string name, Func<string, string?> variable) => variable(name) is { Length: > 0 } value ? value : null;
}
