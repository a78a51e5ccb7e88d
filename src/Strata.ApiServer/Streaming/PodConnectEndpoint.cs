using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Streaming;

/// <summary><c>pods/exec</c>, <c>pods/attach</c> and <c>pods/portforward</c>: a connection that is handed through to the pod's node.</summary>
/// <param name="subresource">exec, attach or portforward.</param>
internal sealed class PodConnectEndpoint(string subresource, IObjectReader objects, NodeAddresses addresses, AdmissionChain admission) : IEndpoint
{
    // How the client's options are called on the node.
    private static readonly (string Client, string Node)[] Streams = [("stdin", "input"), ("stdout", "output"), ("stderr", "error"), ("tty", "tty")];

    private static readonly Dictionary<string, string> OptionKinds = new()
    {
        ["exec"] = "PodExecOptions",
        ["attach"] = "PodAttachOptions",
        ["portforward"] = "PodPortForwardOptions",
    };

    public EndpointInfo Info { get; } = new(
        "", "v1", "pods", subresource, new KindInfo("", "v1", OptionKinds[subresource], "", true), true, ["create", "get"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var pod = await objects.FindLatestAsync<Pod>(call.Info.Namespace, call.Info.Name, cancellationToken) ?? throw ApiErrors.NotFound(Pod.Info, call.Info.Name);
        var path = subresource == "portforward"
            ? $"/portForward/{pod.Metadata.Namespace}/{pod.Metadata.Name}{PortsOf(call)}"
            : $"/{subresource}/{pod.Metadata.Namespace}/{pod.Metadata.Name}/{PodContainers.Choose(pod, call.Query["container"] ?? "")}{StreamsOf(call)}";
        if (pod.Spec.NodeName.Length == 0)
        {
            throw ApiErrors.BadRequest($"pod {pod.Metadata.Name} does not have a host assigned");
        }

        var request = new AdmissionRequest
        {
            Operation = AdmissionOperation.Connect,
            Kind = Pod.Info,
            Subresource = subresource,
            Namespace = pod.Metadata.Namespace,
            Name = pod.Metadata.Name,
            User = call.User,
            Reviewed = new ReviewedPart(AdmissionOperation.Connect, Info.Kind, Options(call)),
            Warn = call.Warn,
        };
        await admission.ValidateAsync(request, cancellationToken);
        var method = call.Info.Verb == "create" ? HttpMethod.Post : HttpMethod.Get;
        return new ConnectResult(await addresses.FindAsync(method, pod.Spec.NodeName, path, BackendTrust.Node, cancellationToken));
    }

    // What webhooks are shown of a connection: its options as an object.
    private JsonObject Options(ApiCall call)
    {
        var options = new JsonObject { ["kind"] = Info.Kind.Kind, ["apiVersion"] = Info.Kind.ApiVersion };
        if (subresource == "portforward")
        {
            options["ports"] = new JsonArray([.. call.Query.All("ports").SelectMany(static value => value.Split(',')).Select(static port => (JsonNode?)(int.TryParse(port, out var number) ? number : null))]);
            return options;
        }

        foreach (var (client, _) in Streams)
        {
            options[client] = call.Query.Flag(client);
        }

        if (call.Query["container"] is { Length: > 0 } container)
        {
            options["container"] = container;
        }

        if (subresource == "exec")
        {
            options["command"] = new JsonArray([.. call.Query.All("command").Select(static part => (JsonNode)part)]);
        }

        return options;
    }

    private static string PortsOf(ApiCall call)
    {
        var ports = call.Query.All("ports").SelectMany(static value => value.Split(',')).Where(static port => port.Length > 0).Select(Uri.EscapeDataString).ToArray();
        return ports.Length == 0 ? "" : $"?port={string.Join(',', ports)}";
    }

    private string StreamsOf(ApiCall call)
    {
        var query = new StringBuilder();
        if (subresource == "exec")
        {
            foreach (var part in call.Query.All("command"))
            {
                query.Append(query.Length == 0 ? '?' : '&').Append("command=").Append(Uri.EscapeDataString(part));
            }

            if (query.Length == 0)
            {
                throw ApiErrors.BadRequest("you must specify at least 1 command for the container");
            }
        }

        if (!call.Query.Flag("stdin") && !call.Query.Flag("stdout") && !call.Query.Flag("stderr"))
        {
            throw ApiErrors.BadRequest("you must specify at least 1 of stdin, stdout, stderr");
        }

        foreach (var (client, node) in Streams)
        {
            // With a terminal, errors come with the output.
            if (call.Query.Flag(client) && !(client == "stderr" && call.Query.Flag("tty")))
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(node).Append("=1");
            }
        }

        return query.ToString();
    }
}
