using Strata.Api.Models;
using Strata.Network.Services;
using Strata.Network.ServiceProxy;
using Strata.Network.Tests.ServiceProxy;

namespace Strata.Network.Tests.Services;

public sealed class ServiceTranslationTests
{
    [Fact]
    public void Ports_meet_their_endpoints_by_name_over_all_slices()
    {
        var service = Objects.Service("web", "10.96.0.5", Objects.Port("http", 80, 30080), Objects.Port("admin", 81));
        var info = ServiceTranslation.ForProxy(
            service,
            [
                Objects.Slice("web", "a", "http", 8080, Objects.Endpoint("10.42.0.3"), Objects.Endpoint("10.42.0.2", node: "n2")),
                Objects.Slice("web", "b", "http", 9090, Objects.Endpoint("10.42.0.4", ready: false, serving: true, terminating: true)),
                Objects.Slice("web", "c", "admin", 8081, Objects.Endpoint("10.42.0.3", ready: false)),
                Objects.Slice("web", "d", "http", 8080, Objects.Endpoint("fd00::1")) with { AddressType = "IPv6" },
            ],
            "n1")!;

        Assert.Equal([Given.Ready("10.42.0.2", local: false), Given.Ready("10.42.0.3"), Given.Draining("10.42.0.4", 9090)], info.Ports[0].Endpoints);
        Assert.Equal([Given.NotReady("10.42.0.3", 8081)], info.Ports[1].Endpoints);
        Assert.Equal((80, 30080, 0), (info.Ports[0].Port, info.Ports[0].NodePort, info.Ports[1].NodePort));
    }

    [Fact]
    public void Policies_affinity_and_outside_addresses_are_read()
    {
        var service = Objects.Service("web", "10.96.0.5", Objects.Port("", 53, protocol: "UDP"));
        var info = ServiceTranslation.ForProxy(
            service with
            {
                Spec = service.Spec with
                {
                    SessionAffinity = "ClientIP",
                    InternalTrafficPolicy = "Local",
                    ExternalTrafficPolicy = "Local",
                    ExternalIPs = ["192.0.2.7"],
                },
                Status = new ServiceStatus
                {
                    LoadBalancer = new LoadBalancerStatus
                    {
                        Ingress = [new LoadBalancerIngress { Ip = "192.0.2.8" }, new LoadBalancerIngress { Ip = "192.0.2.9", IpMode = "Proxy" }],
                    },
                },
            },
            [],
            "n1")!;

        Assert.True(info is { InternalLocal: true, ExternalLocal: true });
        Assert.Equal(TimeSpan.FromSeconds(10800), info.Affinity);
        Assert.Equal(["192.0.2.7", "192.0.2.8"], info.ExternalIPs.Select(static a => a.ToString()));
        Assert.Equal(TransportProtocol.Udp, info.Ports[0].Protocol);
    }

    [Fact]
    public void Headless_external_foreign_and_unsafe_services_are_not_for_the_proxy()
    {
        var service = Objects.Service("web", "10.96.0.5", Objects.Port("", 80));

        Assert.Null(ServiceTranslation.ForProxy(Objects.Service("h", "None"), [], "n1"));
        Assert.Null(ServiceTranslation.ForProxy(Objects.Service("p", ""), [], "n1"));
        Assert.Null(ServiceTranslation.ForProxy(service with { Spec = service.Spec with { Type = "ExternalName" } }, [], "n1"));
        Assert.Null(ServiceTranslation.ForProxy(
            service with { Metadata = service.Metadata with { Labels = new Dictionary<string, string> { ["service.kubernetes.io/service-proxy-name"] = "x" } } }, [], "n1"));
        Assert.Null(ServiceTranslation.ForProxy(service with { Metadata = service.Metadata with { Name = "a } ; flush ruleset" } }, [], "n1"));
    }

    [Fact]
    public void Dns_lists_only_ready_endpoints_of_a_headless_service()
    {
        var info = ServiceTranslation.ForDns(
            Objects.Service("db", "None", Objects.Port("sql", 5432)),
            [Objects.Slice("db", "a", "sql", 5432, Objects.Endpoint("10.42.0.2", hostname: "db-0"), Objects.Endpoint("10.42.0.3", ready: false, hostname: "db-1"))]);

        var endpoint = Assert.Single(info.Endpoints);
        Assert.Equal(("10.42.0.2", "db-0", "sql"), (endpoint.Address.ToString(), endpoint.Hostname, endpoint.Ports[0].Name));
    }
}
