using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Api.Models;
using Strata.Client;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers.Arm;
using Strata.VirtualNode.Registration;
using Strata.VirtualNode.Resolution;
using IPAddress = System.Net.IPAddress;

namespace Strata.VirtualNode;

public sealed record VirtualNodeOptions
{
    /// <summary>Name of the Node object. Two virtual nodes of one cluster need two names.</summary>
    public string NodeName { get; init; } = "strata-virtual";

    /// <summary>The cluster to join: Strata's or any other Kubernetes. Only standard calls are made.</summary>
    public required IKubeClient Client { get; init; }

    /// <summary>Where pods run.</summary>
    public required ArmProviderOptions Arm { get; init; }

    public PodNetworkOptions Network { get; init; } = new();

    /// <summary>Address under which the API server reaches this process; the host address of all pods here.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Where the kubelet API listens. Port 0 takes a free one, see <see cref="VirtualNodeAgent.KubeletPort"/>.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 10250);

    /// <summary>Certificate of the kubelet API with its private key, valid for <see cref="Address"/>.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Who may call the kubelet API: holders of certificates from here that are named in <see cref="Callers"/>.</summary>
    public required X509Certificate2Collection ClientRoots { get; init; }

    /// <summary>Common names or organizations of client certificates that may use the kubelet API. Others are put to the API server as a SubjectAccessReview.</summary>
    public IReadOnlyList<string> Callers { get; init; } = ["system:masters", "kube-apiserver-kubelet-client", "strata-apiserver"];

    /// <summary>Keeps away pods that do not ask for a virtual node; null for none.</summary>
    public Taint? Taint { get; init; } = new() { Key = "virtual-kubelet.io/provider", Value = "strata", Effect = "NoSchedule" };

    /// <summary>More labels for the Node.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public NodeCapacity Capacity { get; init; } = new();

    public PollOptions Polling { get; init; } = new();
}
