using Strata.Api.Models;
using Strata.Api.Selectors;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>One webhook of a configuration, ready to be asked whether it wants to see a request.</summary>
/// <param name="Configuration">Name of the object it stands in; with <paramref name="Name"/> it identifies the webhook.</param>
/// <param name="IsFailOpen">Whether requests go on when it cannot be asked.</param>
/// <param name="HasSideEffects">Whether it must not be asked about a dry run.</param>
/// <param name="SpeaksV1">Whether it takes AdmissionReview v1, which is what this server sends.</param>
/// <param name="IsReinvoked">Whether it is asked again when others change the object after it (mutating ones only).</param>
internal sealed record Webhook(
    string Configuration, string Name, WebhookClientConfig Client, IReadOnlyList<RuleWithOperations> Rules, bool IsFailOpen, LabelQuery Namespaces, LabelQuery Objects, bool HasSideEffects,
    TimeSpan Timeout, bool SpeaksV1, bool IsReinvoked)
{
    private const int DefaultSeconds = 10;

    public static IEnumerable<Webhook> Of(MutatingWebhookConfiguration source) => source.Webhooks.Select(hook => Of(
        source.Metadata.Name, hook.Name, hook.ClientConfig, hook.Rules, hook.FailurePolicy, hook.NamespaceSelector, hook.ObjectSelector, hook.SideEffects, hook.TimeoutSeconds,
        hook.AdmissionReviewVersions, hook.ReinvocationPolicy));

    public static IEnumerable<Webhook> Of(ValidatingWebhookConfiguration source) => source.Webhooks.Select(hook => Of(
        source.Metadata.Name, hook.Name, hook.ClientConfig, hook.Rules, hook.FailurePolicy, hook.NamespaceSelector, hook.ObjectSelector, hook.SideEffects, hook.TimeoutSeconds,
        hook.AdmissionReviewVersions, null));

    private static Webhook Of(
        string configuration, string name, WebhookClientConfig client, IReadOnlyList<RuleWithOperations> rules, string? failurePolicy, LabelSelector? namespaces, LabelSelector? objects,
        string? sideEffects, int? seconds, IReadOnlyList<string> versions, string? reinvocation) => new(
        configuration, name, client, rules, failurePolicy == "Ignore", LabelQuery.From(namespaces ?? LabelSelector.Empty), LabelQuery.From(objects ?? LabelSelector.Empty),
        sideEffects is not ("None" or "NoneOnDryRun"), TimeSpan.FromSeconds(seconds ?? DefaultSeconds), versions.Contains("v1"), reinvocation == "IfNeeded");
}
