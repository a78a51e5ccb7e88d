namespace Strata.Controllers.Certificates;

/// <summary>The signers that the cluster's CA acts as (Kubernetes documentation, "Certificates and Certificate Signing Requests").</summary>
internal static class Signers
{
    /// <summary>Client certificates for users; never approved by itself.</summary>
    public const string ApiServerClient = "kubernetes.io/kube-apiserver-client";

    /// <summary>Client certificates for node agents; may be approved by itself.</summary>
    public const string ApiServerClientKubelet = "kubernetes.io/kube-apiserver-client-kubelet";

    /// <summary>Serving certificates of node agents; never approved by itself.</summary>
    public const string KubeletServing = "kubernetes.io/kubelet-serving";
}
