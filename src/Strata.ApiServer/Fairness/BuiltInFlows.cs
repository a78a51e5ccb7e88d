using Strata.Api.Models;
using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Fairness;

/// <summary>The FlowSchemas and PriorityLevelConfigurations that every cluster begins with (apiserver: pkg/apis/flowcontrol/bootstrap/default.go).</summary>
internal static class BuiltInFlows
{
    public const string Exempt = "exempt";
    public const string CatchAll = "catch-all";

    private const string ByUser = "ByUser";
    private const string ByNamespace = "ByNamespace";
    private const string AllServiceAccounts = "system:serviceaccounts";

    private static readonly string[] LeaseVerbs = ["get", "create", "update"];

    /// <summary>The levels that cannot be missing.</summary>
    public static IReadOnlyList<PriorityLevelConfiguration> MandatoryLevels { get; } =
    [
        Level(Exempt, new PriorityLevelConfigurationSpec { Type = "Exempt", Exempt = new ExemptPriorityLevelConfiguration { NominalConcurrencyShares = 0, LendablePercent = 0 } }),
        Level(CatchAll, new PriorityLevelConfigurationSpec
        {
            Type = "Limited",
            Limited = new LimitedPriorityLevelConfiguration { NominalConcurrencyShares = 5, LendablePercent = 0, LimitResponse = new LimitResponse { Type = "Reject" } },
        }),
    ];

    public static IReadOnlyList<PriorityLevelConfiguration> Levels { get; } =
    [
        .. MandatoryLevels,
        Queued("system", shares: 30, lendable: 33, queues: 64, hand: 6),
        Queued("node-high", shares: 40, lendable: 25, queues: 64, hand: 6),
        Queued("leader-election", shares: 10, lendable: 0, queues: 16, hand: 4),
        Queued("workload-high", shares: 40, lendable: 50, queues: 128, hand: 6),
        Queued("workload-low", shares: 100, lendable: 90, queues: 128, hand: 6),
        Queued("global-default", shares: 20, lendable: 50, queues: 128, hand: 6),
    ];

    /// <summary>The schemas that cannot be missing.</summary>
    public static IReadOnlyList<FlowSchema> MandatorySchemas { get; } =
    [
        Everything(Exempt, Exempt, 1, null, Group(UserIdentity.MastersGroup)),
        Everything(CatchAll, CatchAll, 10_000, ByUser, Group(UserIdentity.UnauthenticatedGroup), Group(UserIdentity.AuthenticatedGroup)),
    ];

    public static IReadOnlyList<FlowSchema> Schemas { get; } =
    [
        .. MandatorySchemas,
        Schema("probes", Exempt, 2, null, new PolicyRulesWithSubjects
        {
            Subjects = [Group(UserIdentity.UnauthenticatedGroup), Group(UserIdentity.AuthenticatedGroup)],
            NonResourceRules = [new NonResourcePolicyRule { Verbs = ["get"], NonResourceURLs = ["/healthz", "/readyz", "/livez"] }],
        }),
        Schema("system-leader-election", "leader-election", 100, ByUser, Only(
            [User("system:kube-controller-manager"), User("system:kube-scheduler"), Account("*")], LeaseVerbs, "coordination.k8s.io", ["leases"])),
        Schema("endpoint-controller", "workload-high", 150, ByUser, Only(
            [User("system:kube-controller-manager"), Account("endpoint-controller"), Account("endpointslicemirroring-controller")], LeaseVerbs, "", ["endpoints"])),
        Schema("workload-leader-election", "leader-election", 200, ByUser, Only([Account("*")], LeaseVerbs, "coordination.k8s.io", ["leases"])),
        Schema("system-node-high", "node-high", 400, ByUser, new PolicyRulesWithSubjects
        {
            Subjects = [Group(UserIdentity.NodesGroup)],
            ResourceRules =
            [
                new ResourcePolicyRule { Verbs = ["*"], ApiGroups = [""], Resources = ["nodes", "nodes/status"], ClusterScope = true, Namespaces = ["*"] },
                new ResourcePolicyRule { Verbs = ["*"], ApiGroups = ["coordination.k8s.io"], Resources = ["leases"], Namespaces = ["*"] },
            ],
        }),
        Everything("system-nodes", "system", 500, ByUser, Group(UserIdentity.NodesGroup)),
        Everything("kube-controller-manager", "workload-high", 800, ByNamespace, User("system:kube-controller-manager")),
        Everything("kube-scheduler", "workload-high", 800, ByNamespace, User("system:kube-scheduler")),
        Everything("kube-system-service-accounts", "workload-high", 900, ByNamespace, Account("*")),
        Everything("service-accounts", "workload-low", 9000, ByUser, Group(AllServiceAccounts)),
        Everything("global-default", "global-default", 9900, ByUser, Group(UserIdentity.UnauthenticatedGroup), Group(UserIdentity.AuthenticatedGroup)),
    ];

    private static PriorityLevelConfiguration Level(string name, PriorityLevelConfigurationSpec spec) => new() { Metadata = new ObjectMeta { Name = name }, Spec = spec };

    private static PriorityLevelConfiguration Queued(string name, int shares, int lendable, int queues, int hand) => Level(name, new PriorityLevelConfigurationSpec
    {
        Type = "Limited",
        Limited = new LimitedPriorityLevelConfiguration
        {
            NominalConcurrencyShares = shares,
            LendablePercent = lendable,
            LimitResponse = new LimitResponse { Type = "Queue", Queuing = new QueuingConfiguration { Queues = queues, HandSize = hand, QueueLengthLimit = 50 } },
        },
    });

    private static FlowSchema Schema(string name, string level, int precedence, string? method, PolicyRulesWithSubjects rule) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new FlowSchemaSpec
        {
            PriorityLevelConfiguration = new PriorityLevelConfigurationReference { Name = level },
            MatchingPrecedence = precedence,
            DistinguisherMethod = method is null ? null : new FlowDistinguisherMethod { Type = method },
            Rules = [rule],
        },
    };

    private static FlowSchema Everything(string name, string level, int precedence, string? method, params IReadOnlyList<FlowcontrolSubject> subjects) =>
        Schema(name, level, precedence, method, new PolicyRulesWithSubjects
        {
            Subjects = subjects,
            ResourceRules = [new ResourcePolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], ClusterScope = true, Namespaces = ["*"] }],
            NonResourceRules = [new NonResourcePolicyRule { Verbs = ["*"], NonResourceURLs = ["*"] }],
        });

    private static PolicyRulesWithSubjects Only(IReadOnlyList<FlowcontrolSubject> subjects, IReadOnlyList<string> verbs, string group, IReadOnlyList<string> resources) => new()
    {
        Subjects = subjects,
        ResourceRules = [new ResourcePolicyRule { Verbs = verbs, ApiGroups = [group], Resources = resources, Namespaces = ["*"] }],
    };

    private static FlowcontrolSubject User(string name) => new() { Kind = "User", User = new UserSubject { Name = name } };

    private static FlowcontrolSubject Group(string name) => new() { Kind = "Group", Group = new GroupSubject { Name = name } };

    private static FlowcontrolSubject Account(string name) => new() { Kind = "ServiceAccount", ServiceAccount = new ServiceAccountSubject { Namespace = "kube-system", Name = name } };
}
