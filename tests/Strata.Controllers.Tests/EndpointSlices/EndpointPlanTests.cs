using Strata.Api.Models;
using Strata.Controllers.EndpointSlices;

namespace Strata.Controllers.Tests.EndpointSlices;

public sealed class EndpointPlanTests
{
    private static readonly Service Web = new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "uid-web" },
        Spec = new ServiceSpec
        {
            ClusterIP = "10.96.0.10",
            Selector = new Dictionary<string, string> { ["app"] = "web" },
            Ports = [new ServicePort { Name = "http", Protocol = "TCP", Port = 80, TargetPort = 8080 }],
        },
    };

    [Fact]
    public void A_ready_pod_is_a_ready_endpoint_that_names_its_pod_and_node()
    {
        var endpoint = Assert.Single(Assert.Single(EndpointPlan.Compute(Web, [Given.Pod("a").At("10.0.0.7")])).Endpoints);

        Assert.Equal(["10.0.0.7"], endpoint.Addresses);
        Assert.Equal(new EndpointConditions { Ready = true, Serving = true, Terminating = false }, endpoint.Conditions);
        Assert.Equal(("n1", "Pod", "a", "uid-a"), (endpoint.NodeName, endpoint.TargetRef!.Kind, endpoint.TargetRef.Name, endpoint.TargetRef.Uid));
    }

    [Fact]
    public void A_terminating_pod_still_serves_but_is_not_ready()
    {
        Assert.Equal(new EndpointConditions { Ready = false, Serving = true, Terminating = true }, ConditionsOf(Web, Given.Pod("a").Deleting()));
        Assert.Equal(new EndpointConditions { Ready = false, Serving = false, Terminating = false }, ConditionsOf(Web, Given.Pod("a").Unready()));
    }

    [Fact]
    public void Published_addresses_are_ready_whatever_the_pod_says()
    {
        var published = Web with { Spec = Web.Spec with { PublishNotReadyAddresses = true } };

        Assert.Equal(new EndpointConditions { Ready = true, Serving = false, Terminating = false }, ConditionsOf(published, Given.Pod("a").Unready()));
        Assert.Equal(new EndpointConditions { Ready = true, Serving = true, Terminating = true }, ConditionsOf(published, Given.Pod("a").Deleting()));
    }

    [Fact]
    public void Pods_without_an_address_and_ended_pods_are_left_out_but_the_ports_stay()
    {
        var group = Assert.Single(EndpointPlan.Compute(Web, [Given.Pod("a").At(""), Given.Pod("b").In("Failed"), Given.Pod("c").In("Succeeded")]));

        Assert.Empty(group.Endpoints);
        Assert.Equal(8080, Assert.Single(group.Ports).Port);
    }

    [Fact]
    public void A_named_target_port_is_looked_up_in_each_pod()
    {
        var named = Web with { Spec = Web.Spec with { Ports = [new ServicePort { Name = "http", Protocol = "TCP", Port = 80, TargetPort = "web" }] } };
        var groups = EndpointPlan.Compute(named, [Listening(Given.Pod("a"), 8080), Listening(Given.Pod("b"), 9090), Listening(Given.Pod("c"), 8080)]);

        Assert.Equal([(8080, "a,c"), (9090, "b")], groups.Select(group => (group.Ports[0].Port!.Value, string.Join(',', group.Endpoints.Select(endpoint => endpoint.TargetRef!.Name)))));
    }

    [Fact]
    public void A_sidecar_may_own_the_named_port()
    {
        var named = Web with { Spec = Web.Spec with { Ports = [new ServicePort { Protocol = "TCP", Port = 80, TargetPort = "web" }] } };
        var pod = Given.Pod("a");
        var sidecar = new Container { Name = "proxy", RestartPolicy = "Always", Ports = [new ContainerPort { Name = "web", Port = 15001, Protocol = "TCP" }] };

        Assert.Equal(15001, EndpointPlan.Compute(named, [pod with { Spec = pod.Spec with { InitContainers = [sidecar] } }])[0].Ports[0].Port);
    }

    [Fact]
    public void Without_a_target_port_the_port_itself_is_the_target()
    {
        var plain = Web with { Spec = Web.Spec with { Ports = [new ServicePort { Protocol = "TCP", Port = 80 }] } };

        Assert.Equal(80, EndpointPlan.Compute(plain, [Given.Pod("a")])[0].Ports[0].Port);
    }

    [Fact]
    public void A_pod_with_the_subdomain_of_the_service_is_known_by_its_hostname()
    {
        var pod = Given.Pod("a");

        Assert.Equal("db-0", HostnameOf(pod with { Spec = pod.Spec with { Hostname = "db-0", Subdomain = "web" } }));
        Assert.Null(HostnameOf(pod with { Spec = pod.Spec with { Hostname = "db-0", Subdomain = "other" } }));
    }

    [Fact]
    public void The_older_form_separates_ready_from_not_ready_and_drops_terminating_pods()
    {
        Pod[] pods = [Given.Pod("a").At("10.0.0.1"), Given.Pod("b").At("10.0.0.2").Unready(), Given.Pod("c").At("10.0.0.3").Deleting()];

        var subset = Assert.Single(EndpointsPlan.Compute(Web, EndpointPlan.Compute(Web, pods), null).Subsets);
        Assert.Equal(["10.0.0.1"], subset.Addresses.Select(address => address.Ip));
        Assert.Equal(["10.0.0.2"], subset.NotReadyAddresses.Select(address => address.Ip));
        Assert.Equal(("http", 8080, "TCP"), (subset.Ports[0].Name, subset.Ports[0].Port, subset.Ports[0].Protocol));

        var published = Web with { Spec = Web.Spec with { PublishNotReadyAddresses = true } };
        Assert.Equal(3, EndpointsPlan.Compute(published, EndpointPlan.Compute(published, pods), null).Subsets[0].Addresses.Count);
    }

    [Fact]
    public void The_older_form_is_cut_at_a_thousand_addresses_and_says_so_as_long_as_it_is()
    {
        var known = new Endpoints { Metadata = new ObjectMeta { Name = "web", Annotations = new Dictionary<string, string> { ["note"] = "mine" } } };
        var many = EndpointPlan.Compute(Web, [.. Enumerable.Range(0, 1001).Select(index => Given.Pod($"p{index:d4}").At($"10.0.{index / 250}.{(index % 250) + 1}"))]);

        var truncated = EndpointsPlan.Compute(Web, many, known);
        Assert.Equal(1000, truncated.Subsets.Sum(subset => subset.Addresses.Count));
        Assert.Equal("truncated", truncated.Metadata.Annotations["endpoints.kubernetes.io/over-capacity"]);

        var small = EndpointsPlan.Compute(Web, EndpointPlan.Compute(Web, [Given.Pod("a")]), truncated);
        Assert.Equal([KeyValuePair.Create("note", "mine")], small.Metadata.Annotations);
    }

    [Fact]
    public void A_service_without_endpoints_keeps_an_empty_older_form()
    {
        var endpoints = EndpointsPlan.Compute(Web, EndpointPlan.Compute(Web, []), null);

        Assert.Equal(("web", "default"), (endpoints.Metadata.Name, endpoints.Metadata.Namespace));
        Assert.Empty(endpoints.Subsets);
        Assert.Equal("uid-web", Assert.Single(endpoints.Metadata.OwnerReferences).Uid);
    }

    private static EndpointConditions ConditionsOf(Service service, Pod pod) => EndpointPlan.Compute(service, [pod])[0].Endpoints[0].Conditions;

    private static string? HostnameOf(Pod pod) => EndpointPlan.Compute(Web, [pod])[0].Endpoints[0].Hostname;

    private static Pod Listening(Pod pod, int port) =>
        pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Ports = [new ContainerPort { Name = "web", Port = port, Protocol = "TCP" }] }] } };
}
