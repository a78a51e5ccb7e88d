using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Asks a webhook and makes of its answer, or of its silence, what the request needs: an answer to go on with, or a refusal (apiserver: webhook/{mutating,validating}/dispatcher.go).</summary>
internal sealed class WebhookDispatcher(WebhookClient client, WebhookMetrics metrics, TimeProvider clock)
{
    /// <returns>Null when the webhook failed and requests go on without it.</returns>
    /// <exception cref="ApiException">It refused the request, or failed and requests do not go on without it.</exception>
    public async Task<WebhookAnswer?> AskAsync(Webhook hook, AdmissionRequest request, bool isMutating, CancellationToken cancellationToken)
    {
        if (request.DryRun && hook.HasSideEffects)
        {
            throw ApiErrors.BadRequest($"admission webhook \"{hook.Name}\" does not support dry run");
        }

        var started = clock.GetTimestamp();
        try
        {
            var answer = await client.AskAsync(hook, request, isMutating, cancellationToken);
            var denial = answer.IsAllowed ? null : Denied(hook, answer.Result);
            Count(denial is not null, denial?.Status.Code ?? 200, null);
            return denial is null ? answer : throw denial;
        }
        catch (WebhookCallException failed)
        {
            Count(!hook.IsFailOpen, failed.Code, "calling_webhook_error");
            return hook.IsFailOpen ? null : throw ApiErrors.Internal($"failed calling webhook \"{hook.Name}\": {failed.Message}", failed);
        }

        void Count(bool isRejected, int code, string? error) => metrics.Count(hook, isMutating, request.ReviewOperation, clock.GetElapsedTime(started), isRejected, code, error);
    }

    // Upstream: webhook/errors/statuserror.go ToStatusErr.
    private static ApiException Denied(Webhook hook, JsonObject? result)
    {
        var denied = $"admission webhook \"{hook.Name}\" denied the request";
        var given = result is null ? null : ApiStatus.TryParse(Strata.Api.Json.JsonBytes.Serialize(result));
        var (message, reason) = (result.Text("message"), result.Text("reason"));
        var code = (int)(result.Number("code") ?? 0);
        return new ApiException((given ?? new ApiStatus { Code = 0, Reason = "", Message = "" }) with
        {
            Code = code < 400 ? 400 : code,
            Reason = reason ?? "",
            Message = message is not null ? $"{denied}: {message}" : reason is not null ? $"{denied}: {reason}" : $"{denied} without explanation",
        });
    }
}
