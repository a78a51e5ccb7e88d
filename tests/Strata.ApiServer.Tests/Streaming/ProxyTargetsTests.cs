using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Streaming;
using Strata.ApiServer.Tests.Admission;

namespace Strata.ApiServer.Tests.Streaming;

/// <summary>Which backend a proxied request to a service means.</summary>
public sealed class ProxyTargetsTests
{
    private static readonly FakeObjects World = new(
        new Service
        {
            Metadata = new ObjectMeta { Name = "s", Namespace = "n" },
            Spec = new ServiceSpec { Ports = [new ServicePort { Name = "web", Port = 80 }, new ServicePort { Name = "other", Port = 81 }] },
        },
        new Service { Metadata = new ObjectMeta { Name = "plain", Namespace = "n" }, Spec = new ServiceSpec { Ports = [new ServicePort { Port = 80 }] } },
        Slice("s-1", "s", "web", 8080, ("10.1.0.1", false), ("10.1.0.2", true)),
        Slice("s-2", "s", "web", 8081, ("10.1.0.3", null)),
        Slice("s-3", "s", "other", 9090, ("10.1.0.4", false)),
        Slice("plain-1", "plain", "", 8443, ("fd00::1", true)),
        Slice("elsewhere", "t", "web", 8080, ("10.1.0.9", true)));

    private static readonly ProxyTargets Targets = new(World, new NodeAddresses(World), new IdentitySource(new Random(1)), ProxyTargets.IsProxyable);

    [Theory]
    [InlineData("s:80", "http")]
    [InlineData("s:web", "http")]
    [InlineData("https:s:80", "https")]
    [InlineData("http:s:web", "http")]
    public async Task A_service_sends_to_its_endpoints_that_are_ready(string name, string scheme)
    {
        var seen = new HashSet<string>();
        for (var time = 0; time < 50; time++)
        {
            var found = await Targets.FindAsync(Service.Info, "n", name, TestContext.Current.CancellationToken);
            Assert.Equal((scheme, BackendTrust.Stranger), (found.Scheme, found.Trust));
            seen.Add(found.Authority);
        }

        Assert.Equal(["10.1.0.2:8080", "10.1.0.3:8081"], seen.Order());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("plain:80")]
    [InlineData(":plain:")]
    public async Task A_port_without_a_name_is_the_default(string name) =>
        Assert.Equal("[fd00::1]:8443", (await Targets.FindAsync(Service.Info, "n", name, TestContext.Current.CancellationToken)).Authority);

    [Theory]
    [InlineData("s:other", 503, "no endpoints available for service \"s:other\"")]
    [InlineData("s", 503, "no endpoints available for service \"s\"")]
    [InlineData("s:99", 503, "no service port 99 found for service \"s\"")]
    [InlineData("t", 404, "services \"t\" not found")]
    [InlineData("ftp:s:80", 400, "invalid service request \"ftp:s:80\"")]
    public async Task What_leads_nowhere_is_told(string name, int code, string message)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() => Targets.FindAsync(Service.Info, "n", name, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal((code, message), (refused.Status.Code, refused.Message));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    public void Addresses_of_this_machine_itself_are_no_backends(string address, bool expected) => Assert.Equal(expected, ProxyTargets.IsProxyable(System.Net.IPAddress.Parse(address)));

    private static EndpointSlice Slice(string name, string service, string portName, int port, params (string Address, bool? Ready)[] endpoints) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "n", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service } },
        Ports = [new DiscoveryEndpointPort { Name = portName, Port = port }],
        Endpoints = [.. endpoints.Select(endpoint => new Endpoint { Addresses = [endpoint.Address], Conditions = new EndpointConditions { Ready = endpoint.Ready } })],
    };
}
