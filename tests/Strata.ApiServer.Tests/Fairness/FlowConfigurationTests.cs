using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Fairness;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Tests.Fairness;

public sealed class FlowConfigurationTests
{
    [Theory]
    [InlineData("admin", "system:masters", "POST", "/api/v1/namespaces/a/pods", "exempt", "exempt")]
    [InlineData("anyone", "", "GET", "/readyz", "probes", "exempt")]
    [InlineData("anyone", "", "GET", "/readyz/etcd", "global-default", "global-default")]
    [InlineData("system:kube-scheduler", "", "PUT", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/s", "system-leader-election", "leader-election")]
    [InlineData("system:kube-scheduler", "", "GET", "/api/v1/pods", "kube-scheduler", "workload-high")]
    [InlineData("system:node:a", "system:nodes", "PATCH", "/api/v1/nodes/a/status", "system-node-high", "node-high")]
    [InlineData("system:node:a", "system:nodes", "PUT", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a", "system-node-high", "node-high")]
    [InlineData("system:node:a", "system:nodes", "GET", "/api/v1/pods", "system-nodes", "system")]
    [InlineData("system:serviceaccount:kube-system:dns", "system:serviceaccounts", "GET", "/api/v1/services", "kube-system-service-accounts", "workload-high")]
    [InlineData("system:serviceaccount:kube-system:endpoint-controller", "system:serviceaccounts", "POST", "/api/v1/namespaces/a/endpoints", "endpoint-controller", "workload-high")]
    [InlineData("system:serviceaccount:shop:web", "system:serviceaccounts", "GET", "/api/v1/services", "service-accounts", "workload-low")]
    [InlineData("alice", "", "DELETE", "/api/v1/namespaces/a", "global-default", "global-default")]
    public void Without_objects_requests_are_told_apart_as_upstream_does(string user, string group, string method, string path, string schema, string level)
    {
        var rule = FlowConfiguration.Default.Classify(UserIdentity.Of(user, group.Length == 0 ? [] : [group]), RequestInfo.Parse(method, path, QueryParameters.Empty));

        Assert.Equal((schema, level), (rule.Name, rule.Level.Name));
    }

    [Fact]
    public void Objects_replace_the_built_in_ones_but_the_mandatory()
    {
        var configuration = FlowConfiguration.From([Schema("all", "mine", 50)], [Level("mine")]);

        var rule = configuration.Classify(UserIdentity.Of("alice"), RequestInfo.Parse("GET", "/api/v1/pods", QueryParameters.Empty));
        var masters = configuration.Classify(UserIdentity.ApiServer, RequestInfo.Parse("GET", "/api/v1/pods", QueryParameters.Empty));

        Assert.Equal(("all", "mine", 64, 8, 50), (rule.Name, rule.Level.Name, rule.Level.Queues, rule.Level.HandSize, rule.Level.QueueLength));
        Assert.True(masters.Level.IsExempt);
        Assert.Equal(["catch-all", "exempt", "mine"], configuration.Levels.Select(static known => known.Name));
    }

    [Fact]
    public void A_schema_without_its_level_is_passed_over()
    {
        var configuration = FlowConfiguration.From([Schema("dangling", "missing", 10)], [Level("mine")]);

        Assert.Equal("catch-all", configuration.Classify(UserIdentity.Of("alice"), RequestInfo.Parse("GET", "/api/v1/pods", QueryParameters.Empty)).Name);
    }

    [Theory]
    [InlineData("/api/v1/pods", "", 0, 1)]
    [InlineData("/api/v1/pods", "", 250, 3)]
    [InlineData("/api/v1/pods", "limit=100", 5000, 1)]
    [InlineData("/api/v1/pods", "", 5000, 10)]
    [InlineData("/api/v1/namespaces/a/pods/b", "", 5000, 1)]
    public void A_list_takes_seats_for_the_objects_it_reads(string path, string query, int objects, int seats)
    {
        var parameters = QueryParameters.Parse(query);

        Assert.Equal(seats, WorkEstimate.Seats(RequestInfo.Parse("GET", path, parameters), parameters, _ => objects));
    }

    private static FlowSchema Schema(string name, string level, int precedence) => BuiltInFlows.Schemas.First(static schema => schema.Metadata.Name == "global-default") is var like
        ? like with { Metadata = new ObjectMeta { Name = name }, Spec = like.Spec with { MatchingPrecedence = precedence, PriorityLevelConfiguration = new() { Name = level } } }
        : throw new InvalidOperationException();

    private static PriorityLevelConfiguration Level(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new() { Type = "Limited", Limited = new() { LimitResponse = new() { Type = "Queue" } } },
    };
}
