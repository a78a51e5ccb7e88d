using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Networking;

/// <summary>Ingresses, their classes, network policies, addresses and ranges.</summary>
public sealed class NetworkingTests
{
    private const string Backend = "backend: {service: {name: web, port: {number: 80}}}";
    private const string Rfc1123 = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    [Theory]
    [InlineData("spec: {}", "spec: Invalid value: []: either `defaultBackend` or `rules` must be specified")]
    [InlineData("spec: {defaultBackend: {}}", "spec.defaultBackend: Invalid value: \"\": resource or service backend is required")]
    [InlineData("spec: {defaultBackend: {service: {name: web, port: {number: 80}}, resource: {kind: A, name: b}}}", "spec.defaultBackend: Invalid value: \"\": cannot set both resource and service backends")]
    [InlineData("spec: {defaultBackend: {resource: {name: b}}}", "spec.defaultBackend.resource.kind: Required value: kind is required")]
    [InlineData("spec: {defaultBackend: {service: {port: {number: 80}}}}", "spec.defaultBackend.service.name: Required value")]
    [InlineData("spec: {defaultBackend: {service: {name: web}}}", "spec.defaultBackend: Required value: port name or number is required")]
    [InlineData("spec: {defaultBackend: {service: {name: web, port: {number: 80, name: http}}}}", "spec.defaultBackend: Invalid value: \"\": cannot set both port name & port number")]
    [InlineData("spec: {defaultBackend: {service: {name: web, port: {number: 80000}}}}", "spec.defaultBackend.service.port.number: Invalid value: 80000: must be between 1 and 65535, inclusive")]
    [InlineData($"spec: {{rules: [{{host: 10.0.0.1, http: {{paths: [{{path: /, pathType: Prefix, {Backend}}}]}}}}]}}", "spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address")]
    [InlineData("spec: {rules: [{host: Example.com}]}", $"spec.rules[0].host: Invalid value: \"Example.com\": {Rfc1123}")]
    [InlineData("spec: {rules: [{http: {paths: []}}]}", "spec.rules[0].http.paths: Required value")]
    [InlineData($"spec: {{rules: [{{http: {{paths: [{{path: /, {Backend}}}]}}}}]}}", "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified")]
    [InlineData($"spec: {{rules: [{{http: {{paths: [{{path: /, pathType: Any, {Backend}}}]}}}}]}}", "spec.rules[0].http.paths[0].pathType: Unsupported value: \"Any\": supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"")]
    [InlineData($"spec: {{rules: [{{http: {{paths: [{{path: a, pathType: Exact, {Backend}}}]}}}}]}}", "spec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path")]
    [InlineData($"spec: {{rules: [{{http: {{paths: [{{path: /a//b, pathType: Exact, {Backend}}}]}}}}]}}", "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b\": must not contain '//'")]
    [InlineData($"spec: {{rules: [{{http: {{paths: [{{path: /a/.., pathType: Prefix, {Backend}}}]}}}}]}}", "spec.rules[0].http.paths[0].path: Invalid value: \"/a/..\": cannot end with '/..'")]
    [InlineData($"spec: {{defaultBackend: {{service: {{name: web, port: {{number: 80}}}}}}, tls: [{{hosts: [A]}}]}}", $"spec.tls[0].hosts[0]: Invalid value: \"A\": {Rfc1123}")]
    public void An_ingress_with_one_problem_is_told_exactly_that(string body, string problem) => OneProblem.Create("Ingress", body, problem);

    [Fact]
    public void An_ingress_with_everything_is_valid()
    {
        OneProblem.Create(
            "Ingress",
            $"spec: {{ingressClassName: nginx, tls: [{{hosts: ['*.a.io', b.io], secretName: s}}], defaultBackend: {{resource: {{apiGroup: a.io, kind: B, name: c}}}}, rules: [{{host: '*.a.io', http: {{paths: [{{pathType: ImplementationSpecific, {Backend}}}]}}}}]}}");
        var strategy = Kinds.Get("Ingress");
        var named = Rules.Yaml("{metadata: {name: a, annotations: {kubernetes.io/ingress.class: b}}, spec: {ingressClassName: c, defaultBackend: {service: {name: web, port: {name: http}}}}}");
        Assert.Equal(["annotations.kubernetes.io/ingress.class: Invalid value: \"b\": must match `ingressClassName` when both are specified"], Rules.Create(strategy, named));
        Assert.Equal(
            ["status.loadBalancer.ingress[0].ip: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)", "status.loadBalancer.ingress[1].hostname: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address"],
            Rules.Status(strategy, named, "{loadBalancer: {ingress: [{ip: x}, {hostname: 10.0.0.1}]}}"));
    }

    [Theory]
    [InlineData("spec: {}", "spec.controller: Required value")]
    [InlineData("spec: {controller: nginx}", "spec.controller: Invalid value: \"nginx\": must be a domain-prefixed path (such as \"acme.io/foo\")")]
    [InlineData("spec: {controller: a.io/b, parameters: {name: nn}}", "spec.parameters.kind: Required value: kind is required")]
    [InlineData("spec: {controller: a.io/b, parameters: {kind: K, name: nn, scope: World}}", "spec.parameters.scope: Unsupported value: \"World\": supported values: \"Cluster\", \"Namespace\"")]
    [InlineData("spec: {controller: a.io/b, parameters: {kind: K, name: nn, scope: Namespace}}", "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'")]
    [InlineData("spec: {controller: a.io/b, parameters: {kind: K, name: nn, namespace: x}}", "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'")]
    public void A_class_with_one_problem_is_told_exactly_that(string body, string problem) => OneProblem.Create("IngressClass", body, problem);

    [Theory]
    [InlineData("ingress: [{from: [{}]}]", "spec.ingress[0].from[0]: Required value: must specify a peer")]
    [InlineData("ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]", "spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer")]
    [InlineData("ingress: [{from: [{ipBlock: {}}]}]", "spec.ingress[0].from[0].ipBlock.cidr: Required value")]
    [InlineData("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]", "spec.ingress[0].from[0].ipBlock.cidr: Invalid value: \"10.0.0.0\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    [InlineData("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]", "spec.egress[0].to[0].ipBlock.except[0]: Invalid value: \"11.0.0.0/16\": must be a strict subset of `cidr`")]
    [InlineData("egress: [{ports: [{protocol: ICMP}]}]", "spec.egress[0].ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"TCP\", \"UDP\", \"SCTP\"")]
    [InlineData("egress: [{ports: [{endPort: 5}]}]", "spec.egress[0].ports[0].endPort: Invalid value: 5: may not be specified when `port` is not specified")]
    [InlineData("egress: [{ports: [{port: http, endPort: 5}]}]", "spec.egress[0].ports[0].endPort: Invalid value: 5: may not be specified when `port` is non-numeric")]
    [InlineData("egress: [{ports: [{port: 80, endPort: 5}]}]", "spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`")]
    [InlineData("egress: [{ports: [{port: 0}]}]", "spec.egress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("policyTypes: [Sideways]", "spec.policyTypes[0]: Unsupported value: \"Sideways\": supported values: \"Ingress\", \"Egress\"")]
    [InlineData("podSelector: {matchExpressions: [{key: a, operator: In}]}", "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'")]
    public void A_policy_with_one_problem_is_told_exactly_that(string spec, string problem) => OneProblem.Create("NetworkPolicy", $"spec: {{{spec}}}", problem);

    [Fact]
    public void A_policy_concerns_the_directions_that_it_has_rules_for()
    {
        var strategy = Kinds.Get("NetworkPolicy");
        Assert.Equal("""{"podSelector":{},"policyTypes":["Ingress"]}""", Rules.Prepared(strategy, Rules.Yaml("{metadata: {name: a}}"))["spec"]!.ToJsonString());
        var both = Rules.Prepared(strategy, Rules.Yaml("{metadata: {name: a}, spec: {egress: [{ports: [{port: 53}]}]}}"));
        Assert.Equal("""["Ingress","Egress"]""", both["spec"]!["policyTypes"]!.ToJsonString());
        Assert.Equal("TCP", both["spec"]!["egress"]![0]!["ports"]![0]!["protocol"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("IPAddress", "spec: {}", "spec.parentRef: Required value")]
    [InlineData("IPAddress", "spec: {parentRef: {name: web}}", "spec.parentRef.resource: Required value")]
    [InlineData("IPAddress", "spec: {parentRef: {resource: services, name: a/b}}", "spec.parentRef.name: Invalid value: \"a/b\": may not contain '/'")]
    [InlineData("ServiceCIDR", "spec: {}", "spec.cidrs: Required value: at least one CIDR required")]
    [InlineData("ServiceCIDR", "spec: {cidrs: [10.0.0.1/24]}", "spec.cidrs[0]: Invalid value: \"10.0.0.1/24\": must not have bits set beyond the prefix length")]
    [InlineData("ServiceCIDR", "spec: {cidrs: [10.0.0.0/24, 10.1.0.0/24]}", "spec.cidrs: Invalid value: {\"cidrs\":[\"10.0.0.0/24\",\"10.1.0.0/24\"]}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64")]
    [InlineData("ServiceCIDR", "spec: {cidrs: ['2001:DB8::/64']}", "spec.cidrs[0]: Invalid value: \"2001:DB8::/64\": must be in canonical form (\"2001:db8::/64\")")]
    [InlineData("ServiceCIDR", "spec: {cidrs: [10.0.0.0/24, '2001:db8::/64']}")]
    public void An_address_or_range_with_one_problem_is_told_exactly_that(string kind, string body, params string[] problems) => OneProblem.Create(kind, body, problems);

    [Fact]
    public void An_address_has_one_name()
    {
        var strategy = Kinds.Get("IPAddress");
        var spelled = Rules.Yaml("{metadata: {name: '2001:DB8::1'}, spec: {parentRef: {resource: services, name: web}}}");
        Assert.Equal(["metadata.name: Invalid value: \"2001:DB8::1\": must be in canonical form (\"2001:db8::1\")"], Rules.Create(strategy, spelled));
        spelled.Metadata()["name"] = "web";
        Assert.Equal(["metadata.name: Invalid value: \"web\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"], Rules.Create(strategy, spelled));
    }

    [Theory]
    [InlineData("IngressClass", "spec: {controller: a.io/b}", "spec: {controller: a.io/c}", "spec.controller: Invalid value: \"a.io/c\": field is immutable")]
    [InlineData("IPAddress", "spec: {parentRef: {resource: services, name: a}}", "spec: {parentRef: {resource: services, name: b}}", "spec.parentRef: Invalid value: {\"resource\":\"services\",\"name\":\"b\"}: field is immutable")]
    [InlineData("ServiceCIDR", "spec: {cidrs: [10.0.0.0/24]}", "spec: {cidrs: [10.1.0.0/24]}", "spec.cidrs: Invalid value: [\"10.1.0.0/24\"]: field is immutable")]
    [InlineData("NetworkPolicy", "spec: {policyTypes: [Ingress]}", "spec: {policyTypes: [Egress]}")]
    [InlineData("Ingress", "spec: {defaultBackend: {service: {name: a, port: {number: 1}}}}", "spec: {defaultBackend: {service: {name: b, port: {number: 1}}}}")]
    public void Some_of_it_does_not_change(string kind, string before, string after, params string[] problems) => OneProblem.Update(kind, before, after, problems);
}
