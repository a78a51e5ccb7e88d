using Strata.Api.Models;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Lets the webhooks of ValidatingWebhookConfigurations refuse what is to be written; all that match are asked at once.</summary>
internal sealed class ValidatingWebhookPlugin(WebhookList<ValidatingWebhookConfiguration> hooks, WebhookMatcher matcher, WebhookDispatcher dispatcher) : IAdmissionPlugin
{
    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (hooks.Current() is not { Count: > 0 } all || WebhookMatcher.IsExempt(request.Kind))
        {
            return;
        }

        var asked = new List<Task<WebhookAnswer?>>();
        foreach (var hook in all)
        {
            if (await matcher.MatchesAsync(hook, request, cancellationToken))
            {
                asked.Add(dispatcher.AskAsync(hook, request, isMutating: false, cancellationToken));
            }
        }

        await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        // Of several refusals the first in the webhooks' order is told, so that the same request always gets the same answer.
        foreach (var one in asked)
        {
            foreach (var warning in (await one)?.Warnings ?? [])
            {
                request.Warn(warning);
            }
        }
    }
}
