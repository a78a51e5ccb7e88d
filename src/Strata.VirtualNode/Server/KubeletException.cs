namespace Strata.VirtualNode.Server;

/// <summary>A request to the kubelet API that is answered with an HTTP status and a sentence.</summary>
internal sealed class KubeletException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static KubeletException BadRequest(string message) => new(400, message);
}
