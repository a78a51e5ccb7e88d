namespace Strata.Kubelet;

/// <summary>A request to the kubelet's API that is answered with an HTTP status and a sentence.</summary>
public sealed class KubeletException(int status, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Status { get; } = status;

    public static KubeletException BadRequest(string message) => new(400, message);

    public static KubeletException NotFound(string message) => new(404, message);
}
