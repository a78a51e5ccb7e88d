using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Strata.Pods.Probes;

/// <summary>One call of the gRPC health checking protocol, written by hand: two tiny messages are not worth generated code.
/// Source: grpc/health/v1/health.proto; gRPC over HTTP/2 framing: 1 byte compression flag, 4 bytes big-endian length, message.</summary>
internal static class GrpcHealth
{
    private const int PrefixLength = 5;
    private const byte ServiceField = 0x0A; // Field 1, length-delimited.
    private const byte StatusField = 0x08; // Field 1, varint.
    private const int Serving = 1;

    public static async Task<ProbeOutcome> CheckAsync(HttpMessageInvoker http, Uri uri, string service, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(service)) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var response = await http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = Header(response.TrailingHeaders, "grpc-status") ?? Header(response.Headers, "grpc-status") ?? "0";
        if (response.StatusCode != HttpStatusCode.OK || status != "0")
        {
            var message = Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message") ?? $"HTTP {(int)response.StatusCode}";
            return ProbeOutcome.Failure(status == "12" ? "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)" : $"error: health rpc failed: {Uri.UnescapeDataString(message)}");
        }

        return Status(body) == Serving ? ProbeOutcome.Success : ProbeOutcome.Failure("service unhealthy (responded with \"NOT_SERVING\")");
    }

    private static byte[] Frame(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = name.Length == 0 ? [] : (byte[])[ServiceField, .. Varint(name.Length), .. name];
        var frame = new byte[PrefixLength + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, PrefixLength);
        return frame;
    }

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), (byte)(value >> 7)];

    private static int Status(byte[] body) => body.Length >= PrefixLength + 2 && body[PrefixLength] == StatusField ? body[PrefixLength + 1] : 0;

    private static string? Header(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
