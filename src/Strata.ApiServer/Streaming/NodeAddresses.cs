using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Streaming;

/// <summary>Finds a node's own server from what the node says about itself.</summary>
internal sealed class NodeAddresses(IObjectReader objects)
{
    private const int DefaultPort = 10250;

    // Upstream's --kubelet-preferred-address-types, the address before the name.
    private static readonly string[] Preference = ["InternalIP", "ExternalIP", "Hostname", "InternalDNS", "ExternalDNS"];

    /// <summary>The address of <paramref name="path"/> on the node's server.</summary>
    /// <param name="path">Path with query, beginning with a slash.</param>
    /// <exception cref="ApiException">The node does not exist or has no address.</exception>
    public async ValueTask<BackendTarget> FindAsync(HttpMethod method, string node, string path, BackendTrust trust, CancellationToken cancellationToken)
    {
        var (host, port) = await FindServerAsync(node, cancellationToken);
        return new BackendTarget(method, new Uri($"https://{host}:{port}{path}"), $"node \"{node}\"", trust);
    }

    /// <summary>Host (as it stands in a URL) and port of the node's server.</summary>
    /// <exception cref="ApiException">The node does not exist or has no address.</exception>
    public async ValueTask<(string Host, int Port)> FindServerAsync(string node, CancellationToken cancellationToken)
    {
        var found = await objects.FindLatestAsync<Node>("", node, cancellationToken) ?? throw ApiErrors.NotFound(Node.Info, node);
        var address = Preference
            .SelectMany(type => found.Status.Addresses.Where(candidate => candidate.Type == type && candidate.Address.Length > 0))
            .FirstOrDefault()?.Address
            ?? throw ApiErrors.Internal($"no preferred addresses found; known addresses of node {node}: none");
        var port = found.Status.DaemonEndpoints.KubeletEndpoint.Port is > 0 and var own ? own : DefaultPort;
        return (address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address, port);
    }
}
