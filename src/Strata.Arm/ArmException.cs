using System.Net;

namespace Strata.Arm;

/// <summary>An ARM server refused a request or a long-running operation ended badly.</summary>
/// <param name="statusCode">HTTP status; 200 when the operation was accepted and failed later.</param>
public sealed class ArmException(HttpStatusCode statusCode, ArmError error, TimeSpan? retryAfter = null)
    : Exception($"{error.Code}: {error.Message}")
{
    public HttpStatusCode StatusCode { get; } = statusCode;

    public ArmError Error { get; } = error;

    /// <summary>What the server asked for in <c>Retry-After</c>, if anything.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;

    /// <summary>No host, quota or write budget is free now; the same request may work later or elsewhere.</summary>
    public bool IsCapacity =>
        StatusCode == HttpStatusCode.TooManyRequests || Error.Code is "ServiceUnavailable" or "ContainerGroupQuotaReached";
}
