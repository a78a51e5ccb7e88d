using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Selectors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Which webhooks want to see a request (apiserver: pkg/admission/plugin/webhook/{rules,predicates}). Thread-safe.</summary>
internal sealed class WebhookMatcher(IObjectReader objects)
{
    private const string Any = "*";

    /// <exception cref="ApiException">The namespace, whose labels decide, is gone.</exception>
    public async ValueTask<bool> MatchesAsync(Webhook hook, AdmissionRequest request, CancellationToken cancellationToken) =>
        MatchesRules(hook.Rules, request) && await MatchesNamespaceAsync(hook.Namespaces, request, cancellationToken) && MatchesObject(hook.Objects, request);

    /// <summary>Whether no webhook ever sees objects of a kind: a webhook must not be able to keep itself from being removed.</summary>
    public static bool IsExempt(KindInfo kind) => kind.Group == "admissionregistration.k8s.io"
        && kind.Plural is "validatingwebhookconfigurations" or "mutatingwebhookconfigurations" or "validatingadmissionpolicies" or "validatingadmissionpolicybindings"
            or "mutatingadmissionpolicies" or "mutatingadmissionpolicybindings";

    internal static bool MatchesRules(IReadOnlyList<RuleWithOperations> rules, AdmissionRequest request) => rules.Any(rule =>
        Has(rule.Operations, OperationOf(request.ReviewOperation)) && Has(rule.ApiGroups, request.Kind.Group) && Has(rule.ApiVersions, request.Kind.Version)
        && rule.Resources.Any(resource => MatchesResource(resource, request)) && MatchesScope(rule.Scope, request));

    /// <summary>As in rules and reviews.</summary>
    internal static string OperationOf(AdmissionOperation operation) => operation switch
    {
        AdmissionOperation.Create => "CREATE",
        AdmissionOperation.Update => "UPDATE",
        AdmissionOperation.Delete => "DELETE",
        _ => "CONNECT",
    };

    private static bool MatchesResource(string pattern, AdmissionRequest request)
    {
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        var (resource, subresource) = slash < 0 ? (pattern, "") : (pattern[..slash], pattern[(slash + 1)..]);
        return (resource == Any || resource == request.Kind.Plural) && (subresource == Any || subresource == request.Subresource);
    }

    private static bool MatchesScope(string? scope, AdmissionRequest request) => scope switch
    {
        "Namespaced" => request.Kind.Namespaced,
        "Cluster" => !request.Kind.Namespaced,
        _ => true,
    };

    private async ValueTask<bool> MatchesNamespaceAsync(LabelQuery query, AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (query.IsEverything)
        {
            return true;
        }

        if (request.Kind == Namespace.Info)
        {
            // A namespace is judged by its own labels.
            return query.Matches(LabelsOf(request.Object ?? request.OldObject));
        }

        if (request.Namespace.Length == 0)
        {
            return true;
        }

        var found = await objects.FindAsync<Namespace>("", request.Namespace, cancellationToken) ?? throw ApiErrors.NotFound(Namespace.Info, request.Namespace);
        return query.Matches(found.Metadata.Labels);
    }

    // Either state counts, so that nobody leaves or enters the webhook's sight unseen.
    private static bool MatchesObject(LabelQuery query, AdmissionRequest request) =>
        query.IsEverything
        || (request.Object is { } target && query.Matches(LabelsOf(target)))
        || (request.OldObject is { } old && query.Matches(LabelsOf(old)));

    private static Dictionary<string, string> LabelsOf(JsonObject? target) =>
        target.Object("metadata").Object("labels").Entries().ToDictionary();

    private static bool Has(IReadOnlyList<string> values, string value) => values.Any(candidate => candidate == Any || candidate == value);
}
