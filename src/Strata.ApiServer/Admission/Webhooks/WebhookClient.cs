using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Asks one webhook about one request. Thread-safe.</summary>
internal sealed class WebhookClient(WebhookCaller caller, IdentitySource identities)
{
    /// <exception cref="WebhookCallException">It cannot be asked, or does not answer properly in its time.</exception>
    /// <exception cref="OperationCanceledException">The request itself is over.</exception>
    public async Task<WebhookAnswer> AskAsync(Webhook hook, AdmissionRequest request, bool isMutating, CancellationToken cancellationToken)
    {
        if (!hook.SpeaksV1)
        {
            throw new WebhookCallException("could not create admission objects: webhook does not accept known AdmissionReview versions (v1)", 400);
        }

        var uid = identities.NewUid();
        byte[] answer;
        try
        {
            answer = await caller.PostAsync(hook.Client, AdmissionReviews.Write(request, uid), hook.Timeout, cancellationToken);
        }
        catch (WebhookCallException failed)
        {
            throw new WebhookCallException($"failed to call webhook: {failed.Message}", failed.Code, failed);
        }

        return AdmissionReviews.Read(answer, uid, isMutating);
    }
}
