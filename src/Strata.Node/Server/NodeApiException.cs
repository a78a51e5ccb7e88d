namespace Strata.NodeAgent.Server;

/// <summary>A request to the node server that is answered with an HTTP status and a sentence.</summary>
internal sealed class NodeApiException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static NodeApiException BadRequest(string message) => new(400, message);

    public static NodeApiException NotFound(string message) => new(404, message);
}
