using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.Network;

/// <summary>The Service object <c>kube-system/kube-dns</c>, by which users and tools find cluster DNS, and which keeps its
/// address from being given to another service.</summary>
public static class ClusterDnsService
{
    public const string Namespace = "kube-system";
    public const string Name = "kube-dns";

    /// <summary>Creates the object unless it exists. Every node answers on the address itself, so it needs no endpoints.</summary>
    /// <returns>False when there is one already.</returns>
    /// <exception cref="ApiException">The API refused, for example because the address is taken.</exception>
    public static async Task<bool> EnsureAsync(IKubeClient client, NetworkOptions options, CancellationToken cancellationToken)
    {
        if (options.ClusterDnsIP is null || await client.FindAsync<Service>(Namespace, Name, cancellationToken) is not null)
        {
            return false;
        }
        var address = options.ClusterDnsIP.ToString();
        await client.CreateAsync(
            new Service
            {
                Metadata = new ObjectMeta
                {
                    Name = Name,
                    Namespace = Namespace,
                    Labels = new Dictionary<string, string>
                    {
                        ["k8s-app"] = Name,
                        ["kubernetes.io/cluster-service"] = "true",
                        ["kubernetes.io/name"] = "CoreDNS",
                    },
                },
                Spec = new ServiceSpec
                {
                    Type = "ClusterIP",
                    ClusterIP = address,
                    ClusterIPs = [address],
                    Ports =
                    [
                        new ServicePort { Name = "dns", Protocol = "UDP", Port = 53, TargetPort = 53 },
                        new ServicePort { Name = "dns-tcp", Protocol = "TCP", Port = 53, TargetPort = 53 },
                    ],
                },
            },
            cancellationToken);
        return true;
    }
}
