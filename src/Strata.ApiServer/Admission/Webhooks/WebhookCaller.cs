using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Strata.Api.Models;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Sends JSON to a webhook and reads what it answers. Thread-safe.</summary>
internal sealed class WebhookCaller(WebhookConnections connections, WebhookAddresses addresses, TimeProvider clock)
{
    private const int MaxAnswer = 3 * 1024 * 1024;

    /// <param name="timeout">For all of it; the webhook is told.</param>
    /// <exception cref="WebhookCallException">It cannot be asked, does not answer in its time, or answers with an error.</exception>
    /// <exception cref="OperationCanceledException">The request itself is over.</exception>
    public async Task<byte[]> PostAsync(WebhookClientConfig client, byte[] body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var url = UrlOf(client, timeout);
        using var patience = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var address = client.Service is { } service ? await addresses.FindAsync(service, either.Token) : null;
            using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await connections.SendAsync(client.CaBundle, address, message, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswer, either.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(either.Token);
            return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created ? answer : throw Unexpected(response.StatusCode, answer);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebhookCallException($"Post \"{url}\": context deadline exceeded", 504, late);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or CryptographicException)
        {
            throw new WebhookCallException($"Post \"{url}\": {(failed.InnerException ?? failed).Message}", 503, failed);
        }
    }

    private static Uri UrlOf(WebhookClientConfig client, TimeSpan timeout)
    {
        var service = client.Service;
        var target = service is null
            ? new UriBuilder(client.Url ?? "")
            : new UriBuilder("https", $"{service.Name}.{service.Namespace}.svc", service.Port ?? 443, service.Path ?? "/");
        target.Query = string.Create(CultureInfo.InvariantCulture, $"timeout={(int)timeout.TotalSeconds}s");
        return target.Uri;
    }

    // The words are client-go's.
    private static WebhookCallException Unexpected(HttpStatusCode code, byte[] body) => new(
        code == HttpStatusCode.NotFound
            ? "the server could not find the requested resource"
            : $"an error on the server (\"{System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200))).Trim()}\") has prevented the request from succeeding",
        (int)code);
}
