using System.Net;
using System.Net.Http.Headers;

namespace Strata.Arm.Client;

/// <summary>A successful answer, read whole.</summary>
public sealed class ArmResponse(HttpStatusCode statusCode, HttpResponseHeaders headers, byte[] body)
{
    public HttpStatusCode StatusCode { get; } = statusCode;

    public HttpResponseHeaders Headers { get; } = headers;

    public byte[] Body { get; } = body;

    internal Uri? OperationUrl => Url("Azure-AsyncOperation");

    internal Uri? Location => Url("Location");

    /// <summary>Milliseconds are preferred: Strata sends both forms, and whole seconds would slow a pod's start.</summary>
    internal TimeSpan? RetryAfter => ArmRetryAfter.Read(Headers);

    private Uri? Url(string name) =>
        Headers.TryGetValues(name, out var values) && Uri.TryCreate(values.First(), UriKind.RelativeOrAbsolute, out var url) ? url : null;
}
