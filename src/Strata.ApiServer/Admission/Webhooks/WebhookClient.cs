using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Asks one webhook about one request. Thread-safe.</summary>
internal sealed class WebhookClient(WebhookConnections connections, WebhookAddresses addresses, IdentitySource identities, TimeProvider clock)
{
    private const int MaxAnswer = 3 * 1024 * 1024;

    /// <exception cref="WebhookCallException">It cannot be asked, or does not answer properly in its time.</exception>
    /// <exception cref="OperationCanceledException">The request itself is over.</exception>
    public async Task<WebhookAnswer> AskAsync(Webhook hook, AdmissionRequest request, bool isMutating, CancellationToken cancellationToken)
    {
        if (!hook.SpeaksV1)
        {
            throw new WebhookCallException("could not create admission objects: webhook does not accept known AdmissionReview versions (v1)", 400);
        }

        var uid = identities.NewUid();
        var url = UrlOf(hook);
        using var patience = new CancellationTokenSource(hook.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var address = hook.Client.Service is { } service ? await addresses.FindAsync(service, either.Token) : null;
            using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(AdmissionReviews.Write(request, uid)) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await connections.SendAsync(hook.Client.CaBundle, address, message, either.Token);
            var body = await ReadAsync(response, either.Token);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created ? AdmissionReviews.Read(body, uid, isMutating) : throw Unexpected(response.StatusCode, body);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebhookCallException($"failed to call webhook: Post \"{url}\": context deadline exceeded", 504, late);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or CryptographicException)
        {
            throw new WebhookCallException($"failed to call webhook: Post \"{url}\": {(failed.InnerException ?? failed).Message}", 503, failed);
        }
    }

    private static Uri UrlOf(Webhook hook)
    {
        var service = hook.Client.Service;
        var target = service is null
            ? new UriBuilder(hook.Client.Url ?? "")
            : new UriBuilder("https", $"{service.Name}.{service.Namespace}.svc", service.Port ?? 443, service.Path ?? "/");
        target.Query = string.Create(CultureInfo.InvariantCulture, $"timeout={(int)hook.Timeout.TotalSeconds}s");
        return target.Uri;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswer, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    // The words are client-go's.
    private static WebhookCallException Unexpected(HttpStatusCode code, byte[] body) => new(
        code == HttpStatusCode.NotFound
            ? "failed to call webhook: the server could not find the requested resource"
            : $"failed to call webhook: an error on the server (\"{System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200))).Trim()}\") has prevented the request from succeeding",
        (int)code);
}
