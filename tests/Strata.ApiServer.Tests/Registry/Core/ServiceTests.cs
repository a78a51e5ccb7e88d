using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Services;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Core;

public sealed class ServiceTests
{
    private static readonly ServiceOwner Other = new("default", "other", "other-uid");

    private readonly SharedServiceAllocator _allocator = Kinds.SharedAllocator();
    private readonly ServiceStrategy _strategy;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ServiceTests() => _strategy = new ServiceStrategy(_allocator);

    public static TheoryData<string, string> OneProblem => new()
    {
        { "{}", "spec.ports: Required value" },
        { "{type: Other, ports: [{port: 80}]}", "spec.type: Unsupported value: \"Other\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"" },
        { "{ports: [{port: 0, targetPort: 1}]}", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive" },
        { "{ports: [{port: 80, targetPort: Upper}]}", "spec.ports[0].targetPort: Invalid value: \"Upper\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)" },
        { "{ports: [{name: a, port: 80}, {port: 81}]}", "spec.ports[1].name: Required value" },
        { "{ports: [{name: a, port: 80}, {name: a, port: 81}]}", "spec.ports[1].name: Duplicate value: \"a\"" },
        { "{ports: [{port: 80, nodePort: 30000}]}", "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'" },
        { "{type: ExternalName}", "spec.externalName: Required value" },
        { "{type: ExternalName, externalName: a.example.com, clusterIP: 10.96.1.1}", "spec.clusterIPs: Forbidden: may not be set for ExternalName services" },
        { "{type: NodePort, clusterIP: None, ports: [{port: 80}]}", "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services" },
        { "{clusterIP: ten, ports: [{port: 80}]}", "spec.clusterIPs[0]: Invalid value: \"ten\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)" },
        { "{sessionAffinity: Cookie, ports: [{port: 80}]}", "spec.sessionAffinity: Unsupported value: \"Cookie\": supported values: \"ClientIP\", \"None\"" },
        { "{externalTrafficPolicy: Local, ports: [{port: 80}]}", "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services" },
        { "{externalIPs: [127.0.0.1], ports: [{port: 80}]}", "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)" },
        { "{ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]}", "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services" },
    };

    [Theory]
    [MemberData(nameof(OneProblem))]
    public void A_service_with_one_problem_is_told_exactly_that(string spec, string problem) =>
        Assert.Equal([problem], Rules.Create(_strategy, Service(spec)));

    [Fact]
    public async Task A_new_service_gets_defaults_and_an_address()
    {
        var service = await CreatedAsync("{ports: [{port: 80}]}");
        var spec = service.Object("spec");
        var address = spec.TextOrEmpty("clusterIP");
        Assert.StartsWith("10.96.", address, StringComparison.Ordinal);
        var expected = Rules.Yaml($$"""
            {ports: [{port: 80, protocol: TCP, targetPort: 80}], type: ClusterIP, sessionAffinity: None, internalTrafficPolicy: Cluster,
             clusterIP: {{address}}, clusterIPs: [{{address}}], ipFamilyPolicy: SingleStack, ipFamilies: [IPv4]}
            """);
        Assert.True(JsonNode.DeepEquals(expected, spec), spec!.ToJsonString());
        Assert.Equal("""{"loadBalancer":{}}""", service["status"]!.ToJsonString());
    }

    [Fact]
    public async Task Node_ports_are_handed_out_in_range_and_kept_by_updates_that_leave_them_out()
    {
        var old = await CreatedAsync("{type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81}]}");
        var ports = NodePorts(old);
        Assert.All(ports, static port => Assert.InRange(port, 30000, 32767));
        Assert.Equal(2, ports.Distinct().Count());

        var updated = await UpdatedAsync(Service("{type: NodePort, ports: [{name: b, port: 91}, {name: a, port: 80}]}"), old);
        Assert.Equal(ports.Reverse(), NodePorts(updated));
        Assert.Equal(old.Object("spec").Text("clusterIP"), updated.Object("spec").Text("clusterIP"));
    }

    [Fact]
    public async Task An_address_that_another_service_has_is_refused()
    {
        var address = (await CreatedAsync("{ports: [{port: 80}]}")).Object("spec").Text("clusterIP");
        Assert.Equal(
            [$"spec.clusterIPs: Invalid value: [\"{address}\"]: failed to allocate IP {address}: provided IP is already allocated"],
            await RefusedAsync($"{{clusterIP: {address}, ports: [{{port: 80}}]}}"));
    }

    [Fact]
    public async Task An_address_outside_the_range_is_refused() =>
        Assert.Equal(
            ["spec.clusterIPs: Invalid value: [\"10.97.0.1\"]: failed to allocate IP 10.97.0.1: the provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/16"],
            await RefusedAsync("{clusterIP: 10.97.0.1, ports: [{port: 80}]}"));

    [Fact]
    public async Task Node_ports_in_use_or_out_of_range_are_refused_and_nothing_stays_taken()
    {
        await CreatedAsync("{type: NodePort, ports: [{port: 80, nodePort: 30080}]}");
        Assert.Equal(
            ["spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated",
            "spec.ports[1].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767"],
            await RefusedAsync("{type: NodePort, clusterIP: 10.96.0.77, ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 80}, {name: c, port: 82, nodePort: 30081}]}"));
        await CreatedAsync("{type: NodePort, clusterIP: 10.96.0.77, ports: [{port: 80, nodePort: 30081}]}");
    }

    [Fact]
    public async Task Tcp_and_udp_of_one_service_share_a_node_port_and_give_it_back_once_both_are_gone()
    {
        var old = await CreatedAsync("{type: NodePort, ports: [{name: t, port: 53, nodePort: 30053}, {name: u, port: 53, protocol: UDP, nodePort: 30053}]}");
        var updated = await UpdatedAsync(Service("{type: NodePort, ports: [{name: t, port: 53, nodePort: 30053}]}"), old);
        Assert.Equal(AllocationOutcome.InUse, await _allocator.TakePortAsync(30053, Other, Token));
        await UpdatedAsync(Service("{type: ClusterIP, ports: [{name: t, port: 53}]}"), updated);
        Assert.Equal(AllocationOutcome.Taken, await _allocator.TakePortAsync(30053, Other, Token));
    }

    [Fact]
    public async Task What_is_not_stored_gives_back_what_it_took()
    {
        var service = Rules.Prepared(_strategy, Service("{type: NodePort, clusterIP: 10.96.9.9, ports: [{port: 80, nodePort: 31000}]}"));
        var reservation = await _strategy.ReserveAsync(service, null, new FieldErrors(), Token);
        await reservation!.AbandonAsync();
        Assert.Equal(AllocationOutcome.Taken, await _allocator.TakeAddressAsync("10.96.9.9", Other, Token));
        Assert.Equal(AllocationOutcome.Taken, await _allocator.TakePortAsync(31000, Other, Token));
    }

    [Fact]
    public async Task Deletion_gives_back_everything()
    {
        var service = await CreatedAsync("{type: NodePort, clusterIP: 10.96.9.9, ports: [{port: 80, nodePort: 31000}]}");
        using var document = JsonDocument.Parse(service.ToJsonString());
        await _strategy.OnDeletedAsync(document.RootElement);
        Assert.Equal(AllocationOutcome.Taken, await _allocator.TakeAddressAsync("10.96.9.9", Other, Token));
        Assert.Equal(AllocationOutcome.Taken, await _allocator.TakePortAsync(31000, Other, Token));
    }

    [Fact]
    public async Task A_service_that_becomes_external_gives_up_its_address_and_gets_a_new_one_when_it_returns()
    {
        var old = await CreatedAsync("{clusterIP: 10.96.9.9, ports: [{port: 80}]}");
        var changed = old.Copy();
        changed.Object("spec")!["type"] = "ExternalName";
        changed.Object("spec")!["externalName"] = "a.example.com";
        var external = await UpdatedAsync(changed, old);
        Assert.Null(external.Object("spec").Text("clusterIP"));
        Assert.Equal(0, external.Object("spec").Count("clusterIPs"));
        Assert.Equal(AllocationOutcome.Taken, await _allocator.TakeAddressAsync("10.96.9.9", Other, Token));

        var back = external.Copy();
        back.Object("spec")!["type"] = "ClusterIP";
        Assert.NotNull((await UpdatedAsync(back, external)).Object("spec").Text("clusterIP"));
    }

    [Fact]
    public async Task The_address_does_not_change()
    {
        var old = await CreatedAsync("{clusterIP: 10.96.9.9, ports: [{port: 80}]}");
        var service = old.Copy();
        service.Object("spec")!["clusterIP"] = "10.96.9.10";
        Assert.Contains("spec.clusterIPs[0]: Invalid value: [\"10.96.9.10\"]: may not change once set", Rules.Update(_strategy, service, old));
    }

    [Fact]
    public async Task A_headless_service_takes_no_address()
    {
        var service = await CreatedAsync("{clusterIP: None}");
        Assert.Equal("None", service.Object("spec").Text("clusterIP"));
        using var document = JsonDocument.Parse(service.ToJsonString());
        await _strategy.OnDeletedAsync(document.RootElement);
    }

    private static JsonObject Service(string spec) => Rules.Yaml($"{{metadata: {{name: s, namespace: default}}, spec: {spec}}}");

    private static long[] NodePorts(JsonObject service) => [.. service.Object("spec").Objects("ports").Select(static entry => entry.Item.Number("nodePort") ?? 0)];

    private async Task<JsonObject> CreatedAsync(string spec)
    {
        var service = Service(spec);
        Assert.Empty(Rules.Create(_strategy, service));
        await HoldAsync(service, null);
        return service;
    }

    private async Task<JsonObject> UpdatedAsync(JsonObject service, JsonObject old)
    {
        Assert.Empty(Rules.Update(_strategy, service, old));
        await HoldAsync(service, old);
        return service;
    }

    private async Task HoldAsync(JsonObject service, JsonObject? old)
    {
        var errors = new FieldErrors();
        var reservation = await _strategy.ReserveAsync(service, old, errors, Token);
        Assert.Empty(Rules.Lines(errors));
        await reservation!.CommitAsync();
    }

    private async Task<IReadOnlyList<string>> RefusedAsync(string spec)
    {
        var errors = new FieldErrors();
        Assert.Null(await _strategy.ReserveAsync(Rules.Prepared(_strategy, Service(spec)), null, errors, Token));
        return Rules.Lines(errors);
    }
}
