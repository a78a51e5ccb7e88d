using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Patches;
using Strata.Api.Schema;
using Strata.ApiServer.Registry.Generic;
using FieldCheck = Strata.Api.Json.FieldCheck;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Lets the webhooks of MutatingWebhookConfigurations change objects, one after the other, by the names of the configurations.</summary>
/// <remarks>When one of them has changed the object, the whole chain runs once more: the server's own plug-ins, and of the webhooks those that asked for it and came before the change
/// (reinvocationPolicy IfNeeded).</remarks>
internal sealed class MutatingWebhookPlugin(WebhookList<MutatingWebhookConfiguration> hooks, WebhookMatcher matcher, WebhookDispatcher dispatcher) : IAdmissionPlugin
{
    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (hooks.Current() is not { Count: > 0 } all || WebhookMatcher.IsExempt(request.Kind))
        {
            return;
        }

        // Asked already, and to be asked again if somebody changes the object after them.
        var asked = request.AskedWebhooks;
        if (request.IsReinvocation && request.Object is { } known && request.AfterWebhooks is { } before && !JsonNode.DeepEquals(known, before))
        {
            request.WebhooksToRepeat.UnionWith(asked); // The server's own plug-ins have changed it.
        }

        foreach (var hook in all)
        {
            var id = (hook.Configuration, hook.Name);
            if ((request.IsReinvocation && !request.WebhooksToRepeat.Contains(id)) || !await matcher.MatchesAsync(hook, request, cancellationToken))
            {
                continue;
            }

            var answer = await dispatcher.AskAsync(hook, request, isMutating: true, cancellationToken);
            foreach (var warning in answer?.Warnings ?? [])
            {
                request.Warn(warning);
            }

            if (answer?.Patch is { Count: > 0 } patch && Change(hook, request, patch))
            {
                request.WebhooksToRepeat.UnionWith(asked);
                request.NeedsReinvocation = true;
            }

            if (hook.IsReinvoked)
            {
                asked.Add(id);
            }
        }

        request.AfterWebhooks = request.NeedsReinvocation ? request.Object?.DeepClone() : null;
    }

    private static bool Change(Webhook hook, AdmissionRequest request, JsonArray patch)
    {
        if (request.Object is not { } target || request.ReviewObject is not null)
        {
            throw ApiErrors.Internal($"admission webhook \"{hook.Name}\" attempted to modify the object, which is not supported for this operation");
        }

        JsonObject changed;
        try
        {
            changed = JsonPatch.Apply(target, patch) as JsonObject ?? throw PatchFailed(hook, "it leaves no object", null);
        }
        catch (ApiException failed)
        {
            throw PatchFailed(hook, failed.Message, failed);
        }

        // Where it is stored was settled before: it must still be the same object.
        if (changed.Text("kind") != target.Text("kind") || changed.Text("apiVersion") != target.Text("apiVersion")
            || changed.Object("metadata").Text("name") != target.Metadata().Text("name") || changed.Object("metadata").Text("namespace") != target.Metadata().Text("namespace"))
        {
            throw PatchFailed(hook, "it changes the object's kind, name or namespace", null);
        }

        if (SchemaTable.Default.ForKind(request.Kind.ApiVersion, request.Kind.Kind) is { } type)
        {
            if (FieldCheck.Types(changed, type) is [var problem, ..])
            {
                throw PatchFailed(hook, problem.Message, null);
            }

            FieldCheck.Prune(changed, type);
        }

        if (JsonNode.DeepEquals(changed, target))
        {
            return false;
        }

        // Everyone holds on to this one tree.
        target.Clear();
        foreach (var (name, value) in changed.ToList())
        {
            changed.Remove(name);
            target[name] = value;
        }

        return true;
    }

    private static ApiException PatchFailed(Webhook hook, string why, Exception? inner) => ApiErrors.Internal($"the patch of admission webhook \"{hook.Name}\" cannot be applied: {why}", inner);
}
