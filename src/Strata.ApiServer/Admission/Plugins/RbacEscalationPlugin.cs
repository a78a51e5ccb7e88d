using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Authorization;
using Strata.ApiServer.Authorization.Rbac;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Registry.Rbac;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Nobody gives more than they have: who writes a role must hold its permissions or the verb <c>escalate</c> on it, who writes a binding those of the role it refers to
/// or the verb <c>bind</c> (pkg/registry/rbac/*/policybased). Not a plug-in upstream, but looking at every write is what plug-ins do.</summary>
internal sealed class RbacEscalationPlugin(IAuthorizer authorizer, RbacAuthorizer permissions) : IAdmissionPlugin
{
    // Whoever writes an aggregation rule decides about every label on every cluster role.
    private static readonly AccessRule[] Everything = [new([AccessRule.Any]) { Groups = [AccessRule.Any], Resources = [AccessRule.Any] }, new([AccessRule.Any]) { Paths = [AccessRule.Any] }];

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind.Group == RbacGroup.Name && request.Object is { } target && !request.User.IsIn(UserIdentity.MastersGroup))
        {
            if (request.Kind == Role.Info || request.Kind == ClusterRole.Info)
            {
                CheckRole(request, target);
            }
            else
            {
                CheckBinding(request, target);
            }
        }

        return ValueTask.CompletedTask;
    }

    private void CheckRole(AdmissionRequest request, JsonObject role)
    {
        if (IsAllowed(request, "escalate", request.Kind.Plural, request.Name))
        {
            return;
        }

        var sum = role["aggregationRule"];
        var oldSum = request.OldObject?["aggregationRule"];
        if (request.OldObject is { } old && JsonSemantics.AreEqual(role["rules"], old["rules"]) && JsonSemantics.AreEqual(sum, oldSum))
        {
            return; // Labels, annotations, finalizers.
        }

        Confirm(request, RbacIndex.Compile(ModelJson.Parse<ClusterRole>(JsonBytes.Serialize(role)).Rules), null);
        if ((sum is not null || oldSum is not null) && !JsonSemantics.AreEqual(sum, oldSum))
        {
            Confirm(request, Everything, "must have cluster-admin privileges to use the aggregationRule");
        }
    }

    private void CheckBinding(AdmissionRequest request, JsonObject binding)
    {
        if (request.OldObject is { } old && JsonSemantics.AreEqual(binding["roleRef"], old["roleRef"]) && JsonSemantics.AreEqual(binding["subjects"], old["subjects"]))
        {
            return;
        }

        var kind = binding.Object("roleRef").TextOrEmpty("kind");
        var name = binding.Object("roleRef").TextOrEmpty("name");
        if (IsAllowed(request, "bind", kind == "Role" ? Role.Info.Plural : ClusterRole.Info.Plural, name))
        {
            return;
        }

        var rules = permissions.Index().RulesOf(kind, name, request.Namespace) ?? throw ApiErrors.NotFound(kind == "Role" ? Role.Info : ClusterRole.Info, name);
        Confirm(request, rules, null);
    }

    private bool IsAllowed(AdmissionRequest request, string verb, string resource, string name) => authorizer.Authorize(new AuthorizationRequest(request.User, verb)
    {
        IsResource = true,
        Group = RbacGroup.Name,
        Version = "v1",
        Resource = resource,
        Namespace = request.Namespace,
        Name = name,
    }).IsAllowed;

    private void Confirm(AdmissionRequest request, IReadOnlyList<AccessRule> wanted, string? refusal)
    {
        var held = permissions.RulesFor(request.User, request.Namespace);
        var missing = RuleCoverage.Missing(held.Rules, wanted);
        if (missing.Count == 0)
        {
            return;
        }

        var problem = held.Problem is { } unresolved ? $"; resolution errors: [{unresolved}]" : "";
        throw ApiErrors.Forbidden(
            request.Kind, request.Name,
            refusal ?? $"user \"{request.User.Name}\" (groups={GoText.Quoted(request.User.Groups)}) is attempting to grant RBAC permissions not currently held:\n{RuleCoverage.Describe(missing)}{problem}");
    }
}
