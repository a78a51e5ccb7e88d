using System.Buffers;
using Microsoft.AspNetCore.Http;
using Strata.Api.Errors;

namespace Strata.ApiServer.Http;

/// <summary>Reads request bodies, up to upstream's limit.</summary>
internal static class RequestBodies
{
    /// <summary>Largest request body, as upstream's.</summary>
    public const int MaxLength = 3 * 1024 * 1024;

    /// <summary>Up to here what is too large is read and dropped, so that its sender gets to read the refusal; beyond, the connection is cut.</summary>
    public const int MaxDroppedLength = 64 * 1024 * 1024;

    /// <param name="cancellationToken">Carries the request's deadline: it bounds a body that trickles in.</param>
    /// <exception cref="ApiException">RequestEntityTooLarge.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // GET requests have no body that anyone reads; upgrades must not be touched.
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Headers.Connection.ToString().Contains("Upgrade", StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        if (request.ContentLength is > MaxLength)
        {
            throw TooLarge();
        }

        // Copied out as it comes: the connection holds back a sender whose bytes pile up unread.
        var body = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 0) + 1);
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                body.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (body.WrittenCount > MaxLength)
            {
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                return body.WrittenMemory;
            }
        }
    }

    public static ApiException TooLarge() => new(new ApiStatus
    {
        Code = 413,
        Reason = StatusReason.RequestEntityTooLarge,
        Message = $"Request entity too large: limit is {MaxLength}",
    });
}
