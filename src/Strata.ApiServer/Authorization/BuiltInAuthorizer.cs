using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Authorization;

/// <summary>The permissions that a cluster starts with, as upstream's bootstrap roles give them to the system's own users: masters, node agents, the scheduler, the
/// controllers; everyone else may only discover and ask about themselves.</summary>
internal sealed class BuiltInAuthorizer : IAuthorizer
{
    private const string Read = "get list watch";
    private const string Write = "create delete get list patch update watch";

    private static readonly AccessRule[] Masters = [AccessRule.Everything, AccessRule.EveryPath];

    // system:public-info-viewer.
    private static readonly AccessRule[] Public = [new(["get"]) { Paths = ["/healthz", "/livez", "/readyz", "/version", "/version/"] }];

    // system:discovery and system:basic-user.
    private static readonly AccessRule[] Authenticated =
    [
        new(["get"]) { Paths = ["/", "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", "/healthz", "/livez", "/readyz", "/version", "/version/"] },
        AccessRule.For("authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews", "create"),
        AccessRule.For("authentication.k8s.io", "selfsubjectreviews", "create"),
    ];

    // Any token holder may learn how tokens are verified (system:service-account-issuer-discovery).
    private static readonly AccessRule[] ServiceAccounts = [new(["get"]) { Paths = ["/.well-known/openid-configuration", "/openid/v1/jwks"] }];

    private static readonly AccessRule[] Scheduler =
    [
        AccessRule.For("", "pods nodes namespaces services persistentvolumes persistentvolumeclaims replicationcontrollers", Read),
        AccessRule.For("apps", "replicasets statefulsets", Read),
        AccessRule.For("policy", "poddisruptionbudgets", Read),
        AccessRule.For("storage.k8s.io", "*", Read),
        AccessRule.For("", "pods", "delete"),
        AccessRule.For("", "pods/binding bindings", "create"),
        AccessRule.For("", "pods/status", "patch update"),
        AccessRule.For("", "events", "create patch update"),
        AccessRule.For("events.k8s.io", "events", "create patch update"),
        AccessRule.For("coordination.k8s.io", "leases", Write),
        AccessRule.For("authentication.k8s.io", "tokenreviews", "create"),
        AccessRule.For("authorization.k8s.io", "subjectaccessreviews", "create"),
    ];

    private static readonly AccessRule[] Nodes =
    [
        AccessRule.For("", "nodes services endpoints pods namespaces configmaps secrets serviceaccounts persistentvolumes persistentvolumeclaims", Read),
        AccessRule.For("discovery.k8s.io", "endpointslices", Read),
        AccessRule.For("networking.k8s.io", "networkpolicies", Read),
        AccessRule.For("node.k8s.io", "runtimeclasses", Read),
        AccessRule.For("storage.k8s.io", "csinodes csidrivers volumeattachments", Read),
        AccessRule.For("", "nodes", "create"),
        AccessRule.For("", "pods", "create delete"),
        AccessRule.For("", "pods/status", "patch update"),
        AccessRule.For("", "pods/eviction serviceaccounts/token", "create"),
        AccessRule.For("", "events", "create patch update"),
        AccessRule.For("events.k8s.io", "events", "create patch update"),
        AccessRule.For("coordination.k8s.io", "leases", "create get list watch") with { Namespace = "kube-node-lease" },
        AccessRule.For("authentication.k8s.io", "tokenreviews", "create"),
        AccessRule.For("authorization.k8s.io", "subjectaccessreviews localsubjectaccessreviews", "create"),
        AccessRule.For("certificates.k8s.io", "certificatesigningrequests", "create get list watch"),
    ];

    // A virtual kubelet chooses its node's labels and taints itself, which the rules for machines do not allow.
    private static readonly AccessRule[] VirtualNodes =
    [
        AccessRule.For("", "nodes nodes/status", "delete patch update"),
        AccessRule.For("", "pods", "patch update"),
        AccessRule.For("coordination.k8s.io", "leases", "delete patch update") with { Namespace = "kube-node-lease" },
    ];

    // system:node-proxier.
    private static readonly AccessRule[] Proxy =
    [
        AccessRule.For("", "services endpoints nodes", Read),
        AccessRule.For("discovery.k8s.io", "endpointslices", Read),
        AccessRule.For("", "events", "create patch update"),
        AccessRule.For("events.k8s.io", "events", "create patch update"),
    ];

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new AuthorizationDecision(SetsOf(request.User).Any(rules => rules.Any(rule => rule.Allows(request)))));

    public ValueTask<IReadOnlyList<AccessRule>> RulesForAsync(UserIdentity user, string namespaceName, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<AccessRule>>(
            [.. SetsOf(user).SelectMany(static rules => rules).Where(rule => rule.Namespace is null || rule.Namespace == namespaceName)]);

    private static IEnumerable<IReadOnlyList<AccessRule>> SetsOf(UserIdentity user)
    {
        if (user.IsIn(UserIdentity.MastersGroup))
        {
            yield return Masters;
            yield break;
        }

        yield return Public;
        if (!user.IsIn(UserIdentity.AuthenticatedGroup))
        {
            yield break;
        }

        yield return Authenticated;
        if (user.IsIn(UserIdentity.NodesGroup) && user.Name.StartsWith(UserIdentity.NodePrefix, StringComparison.Ordinal))
        {
            yield return Nodes;
            yield return OwnNode(user.Name[UserIdentity.NodePrefix.Length..]);
        }

        if (user.IsIn("system:serviceaccounts"))
        {
            yield return ServiceAccounts;
        }

        switch (user.Name)
        {
            case "system:kube-scheduler":
                yield return Scheduler;
                break;
            case "system:virtual-kubelet":
                yield return Nodes;
                yield return VirtualNodes;
                break;
            case "system:kube-proxy":
                yield return Proxy;
                break;
            case "system:kube-controller-manager":
                yield return [AccessRule.Everything];
                break;
        }
    }

    // A node agent writes its own node and lease only.
    private static AccessRule[] OwnNode(string node) =>
    [
        AccessRule.For("", "nodes nodes/status", "delete patch update") with { Names = [node] },
        AccessRule.For("coordination.k8s.io", "leases", "delete patch update") with { Names = [node], Namespace = "kube-node-lease" },
        AccessRule.For("storage.k8s.io", "csinodes", "create delete patch update") with { Names = [node] },
    ];
}
