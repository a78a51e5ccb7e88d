using System.Text.Json.Nodes;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Validation;

namespace Strata.ContainerInstances.Tests;

public sealed class ValidationTests
{
    [Fact]
    public void A_plain_group_is_valid() => Assert.Empty(Validate(Given.Group()));

    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        var problems = Validate(Given.Group().With(p => p with
        {
            OsType = "Windows",
            RestartPolicy = "Sometimes",
            Containers = [Given.Container("Bad_Name") with { Properties = new ContainerProperties() }],
        }));
        Assert.Contains(problems, p => p.Target == "properties.osType" && p.Code == "FeatureNotSupported");
        Assert.Contains(problems, p => p.Target == "properties.restartPolicy");
        Assert.Contains(problems, p => p.Message.Contains("'Bad_Name'", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Code == "ResourceSomeRequestsNotSpecified");
        Assert.Contains(problems, p => p.Message.Contains("no image", StringComparison.Ordinal));
    }

    [Fact]
    public void A_limit_may_borrow_from_neighbours_but_not_from_outside()
    {
        var borrowing = Given.Group().With(p => p with { Containers = [WithLimit("a", 0.5, 1), Given.Container("b", 0.5)] });
        Assert.Empty(Validate(borrowing));
        var outside = Given.Group().With(p => p with { Containers = [WithLimit("a", 0.5, 2)] });
        Assert.Equal("ContainerLimitGreaterThanContainerGroupTotalRequest", Assert.Single(Validate(outside)).Code);
        var below = Given.Group().With(p => p with { Containers = [WithLimit("a", 1, 0.5)] });
        Assert.Contains("less than its request", Assert.Single(Validate(below)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(61, 0, "at most 60")]
    [InlineData(1, 21, "at most 20")]
    public void Documented_limits_hold(int containers, int volumes, string message)
    {
        var group = Given.Group().With(p => p with
        {
            Containers = [.. Enumerable.Range(0, containers).Select(i => Given.Container($"c{i}", 0.1, 0.1))],
            Volumes = [.. Enumerable.Range(0, volumes).Select(i => new Volume { Name = $"volume{i}", EmptyDir = [] })],
        });
        Assert.Contains(Validate(group), p => p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_sixth_port_of_an_address_is_refused()
    {
        ContainerPort[] ports = [.. Enumerable.Range(80, 6).Select(p => new ContainerPort { Port = p })];
        var group = Given.Group().WithContainer(c => c with { Ports = ports }).With(p => p with { IpAddress = new IPAddressConfiguration { Type = "public", Ports = ports } });
        Assert.Contains("at most 5", Assert.Single(Validate(group)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_of_the_address_must_be_a_containers()
    {
        var group = Given.Group().With(p => p with { IpAddress = new IPAddressConfiguration { Type = "Public", Ports = [new ContainerPort { Port = 80 }] } });
        Assert.Contains("not exposed by any container", Assert.Single(Validate(group)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Unsupported => new()
    {
        { """{"identity":{"type":"SystemAssigned"}}""", "identity" },
        { """{"zones":["1"]}""", "zones" },
        { """{"properties":{"priority":"spot"}}""", "properties.priority" },
        { """{"properties":{"sku":"Confidential"}}""", "properties.sku" },
        { """{"properties":{"subnetIds":[{"id":"/subscriptions/s/x"}]}}""", "properties.subnetIds" },
        { """{"properties":{"diagnostics":{"logAnalytics":{}}}}""", "properties.diagnostics" },
        { """{"properties":{"encryptionProperties":{}}}""", "properties.encryptionProperties" },
        { """{"properties":{"standbyPoolProfile":{}}}""", "properties.standbyPoolProfile" },
        { """{"properties":{"volumes":[{"name":"share","azureFile":{"shareName":"s"}}]}}""", "properties.volumes['share'].azureFile" },
        { """{"properties":{"volumes":[{"name":"share","gitRepo":{"repository":"r"}}]}}""", "properties.volumes['share'].gitRepo" },
        { """{"properties":{"extensions":[{"name":"k","properties":{"extensionType":"kube-proxy","version":"1"}}]}}""", "properties.extensions" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void What_is_not_supported_is_refused_by_name(string patch, string target)
    {
        var tree = JsonNode.Parse(ArmJson.ToBytes(Given.Group()))!.AsObject();
        Merge(tree, JsonNode.Parse(patch)!.AsObject());
        var problem = Assert.Single(Validate(ArmJson.ParseContainerGroup(System.Text.Encoding.UTF8.GetBytes(tree.ToJsonString()))));
        Assert.Equal(("FeatureNotSupported", target), (problem.Code, problem.Target));
    }

    [Fact]
    public void The_command_lines_spelling_is_understood()
    {
        const string Body = """
            {"location":"Local","properties":{"osType":"linux","restartPolicy":"never","ipAddress":{"type":"public","ports":[{"port":"8080","protocol":"tcp"}]},
             "containers":[{"name":"web","properties":{"image":"nginx","ports":[{"port":8080}],"resources":{"requests":{"cpu":1,"memoryInGb":"1.5"}}}}]}}
            """;
        var group = Normalize(ArmJson.ParseContainerGroup(System.Text.Encoding.UTF8.GetBytes(Body)));
        Assert.Empty(ContainerGroupValidator.Validate(group, new InstanceLimits()));
        Assert.Equal(("Linux", "Never", "Public"), (group.Properties!.OsType, group.Properties.RestartPolicy, group.Properties.IpAddress!.Type));
        Assert.Equal("TCP", group.Properties.IpAddress.Ports![0].Protocol);
    }

    [Theory]
    [InlineData("""{"hostNetwork":true}""", "hostNetwork")]
    [InlineData("""{"nodeName":"h"}""", "nodeName")]
    [InlineData("""{"volumes":[{"name":"v","hostPath":{"path":"/"}}]}""", "hostPath")]
    [InlineData("""{"containers":[{"name":"web","securityContext":{"privileged":true}}]}""", "Privileged")]
    [InlineData("""{"containers":[{"name":"web","securityContext":{"capabilities":{"add":["SYS_ADMIN"]}}}]}""", "SYS_ADMIN")]
    [InlineData("""{"containers":[{"name":"web","resources":{"limits":{"cpu":"64"}}}]}""", "resources")]
    [InlineData("""{"containers":[{"name":"other"}]}""", "not a container of the group")]
    [InlineData("""{"containers":[{"name":"web","env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"theirs","key":"k"}}}]}]}""", "theirs")]
    [InlineData("""{"containers":[{"name":"web","ports":[{"containerPort":80,"hostPort":80}]}]}""", "Host ports")]
    [InlineData("""{"containers":"web"}""", "not part of a Kubernetes PodSpec")]
    public void The_pod_extension_cannot_reach_the_host(string spec, string message)
    {
        var problems = Validate(WithExtension($$"""{"spec":{{spec}}}"""));
        Assert.Contains(problems, p => p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_useful_pod_extension_is_accepted() => Assert.Empty(Validate(WithExtension("""
        {"metadata":{"labels":{"app":"web"}},"spec":{"hostAliases":[{"ip":"10.0.0.1","hostnames":["db"]}],"terminationGracePeriodSeconds":5,
         "volumes":[{"name":"conf","projected":{"sources":[{"secret":{"name":"protected-settings","items":[{"key":"a","path":"a","mode":256}]}},{"downwardAPI":{"items":[]}}]}}],
         "containers":[{"name":"web","args":["-v"],"startupProbe":{"tcpSocket":{"port":80}},"env":[{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],
          "volumeMounts":[{"name":"conf","mountPath":"/conf"}],"lifecycle":{"preStop":{"exec":{"command":["true"]}}}}]}}
        """)));

    internal static ContainerGroup WithExtension(string settings, IReadOnlyDictionary<string, byte[]>? data = null) =>
        Given.Group().With(p => p with { Extensions = [PodExtension.Create(JsonNode.Parse(settings)!.AsObject(), data)] });

    internal static ContainerGroup Normalize(ContainerGroup group) =>
        ContainerGroupNormalizer.Normalize(group, ArmResourceId.ForContainerGroup("s", "rg", "one"), "local");

    private static IReadOnlyList<ArmError> Validate(ContainerGroup group) => ContainerGroupValidator.Validate(Normalize(group), new InstanceLimits());

    private static Container WithLimit(string name, double cpu, double limit)
    {
        var container = Given.Container(name, cpu);
        return container with { Properties = container.Properties! with { Resources = container.Properties.Resources! with { Limits = new ResourceAmounts { Cpu = limit } } } };
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch.ToArray())
        {
            if (value is JsonObject inner && target[name] is JsonObject existing)
            {
                Merge(existing, inner);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }
}
