using System.Globalization;
using System.Text;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Streaming;

/// <summary><c>pods/log</c>: a container's output, streamed from the pod's node.</summary>
internal sealed class PodLogEndpoint(IObjectReader objects, NodeAddresses addresses, StreamConnector connector) : IEndpoint
{
    private const string AllStreams = "All";
    private static readonly KindInfo OptionsKind = new("", "v1", "PodLogOptions", "", true);

    public EndpointInfo Info { get; } = new("", "v1", "pods", "log", Pod.Info, true, ["get"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var query = QueryFor(call);
        var pod = await objects.FindLatestAsync<Pod>(call.Info.Namespace, call.Info.Name, cancellationToken) ?? throw ApiErrors.NotFound(Pod.Info, call.Info.Name);
        var container = PodContainers.Choose(pod, call.Query["container"] ?? "");
        if (pod.Spec.NodeName.Length == 0)
        {
            return new DocumentResult(200, MediaTypes.Text, default); // Nothing has run, so there is nothing to read.
        }

        var path = $"/containerLogs/{pod.Metadata.Namespace}/{pod.Metadata.Name}/{container}{query}";
        var trust = call.Query.Flag("insecureSkipTLSVerifyBackend") ? BackendTrust.UnverifiedNode : BackendTrust.Node;
        var target = await addresses.FindAsync(HttpMethod.Get, pod.Spec.NodeName, path, trust, cancellationToken);
        return new StreamResult(await connector.OpenAsync(target, cancellationToken));
    }

    private static string QueryFor(ApiCall call)
    {
        var errors = new FieldErrors();
        var text = new StringBuilder();
        foreach (var flag in (ReadOnlySpan<string>)["follow", "previous", "timestamps"])
        {
            if (call.Query.Flag(flag))
            {
                Append(text, flag, "true");
            }
        }

        AppendNumber(call, text, "tailLines", 0, "must be greater than or equal to 0", errors);
        AppendNumber(call, text, "limitBytes", 1, "must be greater than 0", errors);
        AppendNumber(call, text, "sinceSeconds", 1, "must be greater than 0", errors);
        if (call.Query["sinceTime"] is { Length: > 0 } since)
        {
            if (!KubeTime.TryParse(since, out _))
            {
                throw ApiErrors.BadRequest($"parsing time \"{since}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{since}\" as \"2006\"");
            }

            if (call.Query["sinceSeconds"] is { Length: > 0 })
            {
                errors.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified");
            }

            Append(text, "sinceTime", since);
        }

        AppendStream(call, text, errors);
        return errors.Any ? throw ApiErrors.Invalid(OptionsKind, call.Info.Name, errors.Causes) : text.ToString();
    }

    private static void AppendNumber(ApiCall call, StringBuilder text, string name, long least, string rule, FieldErrors errors)
    {
        if (call.Query[name] is not { Length: > 0 } given)
        {
            return;
        }

        if (!long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{given}\": invalid syntax"); // Upstream's converter of queries speaks, before any validation.
        }

        if (number < least)
        {
            errors.Invalid(name, number, rule);
            return;
        }

        Append(text, name, given);
    }

    // KEP-3288. The rules are apis/core/validation's, ValidatePodLogOptions.
    private static void AppendStream(ApiCall call, StringBuilder text, FieldErrors errors)
    {
        if (call.Query["stream"] is not { Length: > 0 } stream)
        {
            return;
        }

        if (stream is not (AllStreams or "Stdout" or "Stderr"))
        {
            errors.NotSupported("stream", stream, AllStreams, "Stderr", "Stdout");
            return;
        }

        if (stream != AllStreams && call.Query["tailLines"] is { Length: > 0 })
        {
            errors.Forbidden("", "`tailLines` and specific `stream` are mutually exclusive for now");
            return;
        }

        Append(text, "stream", stream);
    }

    private static void Append(StringBuilder text, string name, string value) =>
        text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
}
