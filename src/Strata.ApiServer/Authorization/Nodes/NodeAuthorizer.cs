using Strata.Api;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Authorization.Nodes;

/// <summary>What node agents may do: everything that running the pods of their own node takes, and no more (plugin/pkg/auth/authorizer/node). A secret, config map, claim
/// or service account is theirs as long as a pod on their node uses it. What they write is limited further by the admission plug-in NodeRestriction, which sees the object.</summary>
/// <remarks>Upstream keeps a graph of these relations beside its caches. Here the pods of the namespace are asked at the moment of the question: such questions come when a
/// pod starts, and the answer can never lag behind the watch from which the node learned of the pod.</remarks>
/// <param name="rules">What all nodes may do alike (the cluster role system:node).</param>
internal sealed class NodeAuthorizer(ResourceRegistry registry, IReadOnlyList<AccessRule> rules) : IAuthorizer
{
    private const string LeaseNamespace = "kube-node-lease";
    private const string NodeNameField = "spec.nodeName";

    private static readonly AuthorizationDecision Allowed = new(true);
    private static readonly AuthorizationDecision NoOpinion = new(false);

    public AuthorizationDecision Authorize(AuthorizationRequest request)
    {
        if (NodeIdentity.Of(request.User) is not { } node)
        {
            return NoOpinion;
        }

        return request switch
        {
            { IsResource: false } => ByRules(request),
            { Group: "", Resource: "secrets" } => ReadReferenced(request, node, PodReferences.UsesSecret),
            { Group: "", Resource: "configmaps" } => ReadReferenced(request, node, PodReferences.UsesConfigMap),
            { Group: "", Resource: "persistentvolumeclaims", Subresource: "status" } => request.Verb is "update" or "patch" or "get"
                ? Referenced(request, node, PodReferences.UsesClaim)
                : No("can only get/update/patch this type"),
            { Group: "", Resource: "persistentvolumeclaims" } => Get(request, () => Referenced(request, node, PodReferences.UsesClaim)),
            { Group: "", Resource: "persistentvolumes" } => Get(request, () => Volume(request, node)),
            { Group: "storage.k8s.io", Resource: "volumeattachments" } => Get(request, () => Attachment(request, node)),
            { Group: "", Resource: "serviceaccounts" } => Token(request, node),
            { Group: "coordination.k8s.io", Resource: "leases" } => Lease(request, node),
            { Group: "storage.k8s.io", Resource: "csinodes" } => CsiNode(request, node),
            { Group: "", Resource: "nodes" } => OwnNode(request, node),
            { Group: "", Resource: "pods" } => Pods(request, node),
            _ => ByRules(request),
        };
    }

    public AccessRules RulesFor(UserIdentity user, string namespaceName) =>
        NodeIdentity.Of(user) is null ? AccessRules.None : new AccessRules([], "node authorizer does not support user rule resolution");

    private static AuthorizationDecision No(string reason) => new(false, reason);

    private static AuthorizationDecision Unrelated(string node) => No($"no relationship found between node '{node}' and this object");

    private AuthorizationDecision ByRules(AuthorizationRequest request) => rules.Any(rule => rule.Allows(request)) ? Allowed : NoOpinion;

    private AuthorizationDecision ReadReferenced(AuthorizationRequest request, string node, Func<Pod, string, bool> uses) => request switch
    {
        { Verb: not ("get" or "list" or "watch") } => No("can only read resources of this type"),
        { Subresource.Length: > 0 } => No("cannot read subresource"),
        { Namespace: "" } => No("can only read namespaced object of this type"),
        _ => Referenced(request, node, uses),
    };

    private static AuthorizationDecision Get(AuthorizationRequest request, Func<AuthorizationDecision> isRelated) => request switch
    {
        { Verb: not "get" } => No("can only get individual resources of this type"),
        { Subresource.Length: > 0 } => No("cannot get subresource"),
        _ => isRelated(),
    };

    private AuthorizationDecision Referenced(AuthorizationRequest request, string node, Func<Pod, string, bool> uses)
    {
        if (request.Name.Length == 0)
        {
            return No("No Object name found");
        }

        return HasPod(request.Namespace, node, pod => uses(pod, request.Name)) ? Allowed : Unrelated(node);
    }

    // A volume is the node's while one of its pods uses the claim that the volume is bound to.
    private AuthorizationDecision Volume(AuthorizationRequest request, string node) =>
        Find<PersistentVolume>(request.Name)?.Spec.ClaimRef is { } claim && HasPod(claim.Namespace, node, pod => PodReferences.UsesClaim(pod, claim.Name)) ? Allowed : Unrelated(node);

    private AuthorizationDecision Attachment(AuthorizationRequest request, string node) =>
        Find<VolumeAttachment>(request.Name)?.Spec.NodeName == node ? Allowed : Unrelated(node);

    private AuthorizationDecision Token(AuthorizationRequest request, string node) => request switch
    {
        { Verb: not "create" } or { Name: "" } => No("can only create tokens for individual service accounts"),
        { Subresource: not "token" } => No("can only create token subresource of serviceaccount"),
        _ => Referenced(request, node, PodReferences.UsesServiceAccount),
    };

    private static AuthorizationDecision Lease(AuthorizationRequest request, string node) => request switch
    {
        { Verb: not ("get" or "create" or "update" or "patch" or "delete") } => No("can only get, create, update, patch, or delete a node lease"),
        { Namespace: not LeaseNamespace } => No($"can only access leases in the \"{LeaseNamespace}\" system namespace"),
        { Verb: not "create" } when request.Name != node => No("can only access node lease with the same name as the requesting node"),
        _ => Allowed,
    };

    private static AuthorizationDecision CsiNode(AuthorizationRequest request, string node) => request switch
    {
        { Verb: not ("get" or "create" or "update" or "patch" or "delete") } => No("can only get, create, update, patch, or delete a CSINode"),
        { Subresource.Length: > 0 } => No("cannot authorize CSINode subresources"),
        { Verb: not "create" } when request.Name != node => No("can only access CSINode with the same name as the requesting node"),
        _ => Allowed,
    };

    private static AuthorizationDecision OwnNode(AuthorizationRequest request, string node) => request switch
    {
        { Subresource: "", Verb: "create" or "update" or "patch" } => Allowed,
        { Subresource: "status", Verb: "update" or "patch" } => Allowed,
        { Subresource: "", Verb: "get" or "list" or "watch" } when request.Name == node => Allowed,
        { Subresource: "", Verb: "get" or "list" or "watch", Name: "" } => No($"node '{node}' cannot read all nodes, only its own Node object"),
        { Subresource: "", Verb: "get" or "list" or "watch" } => No($"node '{node}' cannot read '{request.Name}', only its own Node object"),
        _ => NoOpinion,
    };

    private AuthorizationDecision Pods(AuthorizationRequest request, string node) => request switch
    {
        { Subresource: "", Verb: "get" } => OwnPod(request, node),
        { Subresource: "", Verb: "list" or "watch" } when request.Fields?.ExactValue(NodeNameField) == node => Allowed,
        { Subresource: "", Verb: "list" or "watch", Name.Length: > 0 } => OwnPod(request, node),
        { Subresource: "", Verb: "list" or "watch" } => No($"can only list/watch pods with {NodeNameField} field selector"),
        { Subresource: "", Verb: "create" or "delete" } => Allowed,
        { Subresource: "status", Verb: "update" or "patch" } => Allowed,
        { Subresource: "eviction", Verb: "create" } => Allowed,
        _ => NoOpinion,
    };

    private AuthorizationDecision OwnPod(AuthorizationRequest request, string node) =>
        registry.Get(Pod.Info).FindCached(new ObjectKey(request.Namespace, request.Name)) is { } pod && pod.Shared.As<Pod>().Spec.NodeName == node ? Allowed : Unrelated(node);

    private bool HasPod(string namespaceName, string node, Func<Pod, bool> matches)
    {
        foreach (var entry in registry.Get(Pod.Info).ListCached(namespaceName))
        {
            if (entry.Fields.TryGetValue(NodeNameField, out var on) && on == node && matches(ServedObject.SharedOf(entry).As<Pod>()))
            {
                return true;
            }
        }

        return false;
    }

    private T? Find<T>(string name)
        where T : class, IKubeObject<T> =>
        registry.Find(T.Info)?.FindCached(new ObjectKey("", name))?.Shared.As<T>();
}
