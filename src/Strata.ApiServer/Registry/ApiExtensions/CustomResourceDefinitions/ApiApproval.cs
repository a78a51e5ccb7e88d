using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Groups below k8s.io and kubernetes.io belong to the Kubernetes community; whoever defines something there says by which decision
/// (apiextensions-apiserver: pkg/apihelpers/helpers.go, KEP-1111).</summary>
internal static class ApiApproval
{
    public const string Annotation = "api-approved.kubernetes.io";

    public static bool IsProtected(string group) =>
        group is "k8s.io" or "kubernetes.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);

    public static void Validate(JsonObject definition, FieldErrors errors)
    {
        var group = definition.Object("spec").TextOrEmpty("group");
        if (!IsProtected(group))
        {
            return;
        }

        const string Path = $"metadata.annotations[{Annotation}]";
        var approval = definition.Object("metadata").Object("annotations").TextOrEmpty(Annotation);
        if (approval.Length == 0)
        {
            errors.Required(
                Path, $"protected groups must have approval annotation \"{Annotation}\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
        else if (!IsValid(approval))
        {
            errors.Invalid(
                Path, approval,
                $"protected groups must have approval annotation \"{Annotation}\" with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
    }

    /// <summary>Reason and message of the condition for a protected group; null for others.</summary>
    public static (bool IsConformant, string Reason, string Message)? Condition(JsonObject definition)
    {
        if (!IsProtected(definition.Object("spec").TextOrEmpty("group")))
        {
            return null;
        }

        var approval = definition.Object("metadata").Object("annotations").TextOrEmpty(Annotation);
        return approval.StartsWith("unapproved", StringComparison.Ordinal) ? (false, "UnapprovedAnnotation", $"not approved: \"{approval}\"")
            : IsValid(approval) ? (true, "ApprovedAnnotation", $"approved in {approval}")
            : (false, "InvalidAnnotation", "the approval annotation is missing or invalid");
    }

    private static bool IsValid(string approval) => approval.StartsWith("unapproved", StringComparison.Ordinal)
        || (Uri.TryCreate(approval, UriKind.Absolute, out var address) && address.Host.Length > 0);
}
