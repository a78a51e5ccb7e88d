using Microsoft.AspNetCore.Http;

namespace Strata.NodeAgent.Server;

/// <summary>A request that is answered with this status and text.</summary>
internal sealed class KubeletException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static KubeletException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static KubeletException NotFound(string message) => new(StatusCodes.Status404NotFound, message);
}
