using Strata.Api.Models;
using Strata.Pods.Environment;

namespace Strata.Pods.Tests.Environment;

public sealed class EnvironmentResolverTests
{
    [Fact]
    public void Later_sources_win_and_values_expand_what_came_before()
    {
        var container = Given.Container() with
        {
            EnvFrom = [new EnvFromSource { Prefix = "C_", ConfigMapRef = new ConfigMapEnvSource { Name = "cm" } }],
            Env =
            [
                new EnvVar { Name = "A", Value = "1" },
                new EnvVar { Name = "B", Value = "$(A)-$(C_x)-$$(A)-$(LATER)" },
                new EnvVar { Name = "LATER", Value = "l" },
                new EnvVar { Name = "A", Value = "2" },
            ],
        };

        var result = Resolve(container, Given.ConfigMap("cm", ("x", "from-map"), ("=bad", "")));

        Assert.Equal("1-from-map-$(A)-$(LATER)", Value(result, "B"));
        Assert.Equal("2", Value(result, "A"));
        Assert.Equal(["=bad"], result.InvalidNames);
        Assert.Equal(["C_x", "A", "B", "LATER"], result.Variables.Select(variable => variable.Name));
    }

    [Fact]
    public void A_secret_stays_a_secret_even_when_another_variable_takes_it_in()
    {
        var container = Given.Container() with
        {
            Env =
            [
                new EnvVar { Name = "PASSWORD", ValueFrom = new EnvVarSource { SecretKeyRef = new SecretKeySelector { Name = "s", Key = "p" } } },
                new EnvVar { Name = "URL", Value = "db://me:$(PASSWORD)@host" },
                new EnvVar { Name = "PLAIN", Value = "x" },
            ],
        };

        var result = EnvironmentResolver.Resolve(Given.Pod(container), container, Given.Objects(secret: Given.Secret("s", ("p", "hunter2"))), Given.Facts);

        Assert.Equal(["PASSWORD", "URL"], result.Variables.Where(variable => variable.IsSecret).Select(variable => variable.Name));
        Assert.Equal("db://me:hunter2@host", Value(result, "URL"));
    }

    [Fact]
    public void Missing_references_stop_the_container_unless_they_are_optional()
    {
        var container = Given.Container() with
        {
            EnvFrom = [new EnvFromSource { SecretRef = new SecretEnvSource { Name = "gone", Optional = true } }],
            Env =
            [
                new EnvVar { Name = "A", ValueFrom = new EnvVarSource { ConfigMapKeyRef = new ConfigMapKeySelector { Name = "cm", Key = "nope", Optional = true } } },
                new EnvVar { Name = "B", ValueFrom = new EnvVarSource { ConfigMapKeyRef = new ConfigMapKeySelector { Name = "cm", Key = "nope" } } },
            ],
        };

        var result = Resolve(container, Given.ConfigMap("cm"));

        Assert.Equal("couldn't find key nope in ConfigMap shop/cm", result.Error);
        Assert.Equal(3, result.Missing.Count);
        Assert.Null(Resolve(container with { Env = [container.Env[0]] }, Given.ConfigMap("cm")).Error);
    }

    [Theory]
    [InlineData("metadata.name", "web")]
    [InlineData("metadata.uid", "u1")]
    [InlineData("metadata.labels['b']", "2")]
    [InlineData("metadata.labels['none']", "")]
    [InlineData("spec.nodeName", "n1")]
    [InlineData("spec.serviceAccountName", "sa")]
    [InlineData("status.podIP", "10.1.0.5")]
    [InlineData("status.hostIP", "10.0.0.1")]
    [InlineData("metadata.labels", "a=\"x\\\"y\"\nb=\"2\"")]
    public void Fields_of_the_pod_can_be_read(string path, string expected)
    {
        var container = Given.Container() with { Env = [new EnvVar { Name = "V", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = path } } }] };
        Assert.Equal(expected, Value(Resolve(container), "V"));
    }

    [Theory]
    [InlineData("limits.cpu", "", "1")]
    [InlineData("limits.cpu", "1m", "250")]
    [InlineData("limits.memory", "1Mi", "8192")]
    [InlineData("requests.memory", "", "67108864")]
    [InlineData("requests.cpu", "1m", "250")]
    public void Resources_are_divided_and_rounded_up_and_unset_limits_are_the_nodes(string resource, string divisor, string expected)
    {
        var container = Given.Container() with
        {
            Resources = new ResourceRequirements
            {
                Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("250m") },
                Requests = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse("64Mi") },
            },
            Env = [new EnvVar { Name = "V", ValueFrom = new EnvVarSource { ResourceFieldRef = new ResourceFieldSelector { Resource = resource, Divisor = divisor.Length == 0 ? default : Quantity.Parse(divisor) } } }],
        };
        Assert.Equal(expected, Value(Resolve(container), "V"));
    }

    [Fact]
    public void Services_are_described_and_the_api_server_always()
    {
        var services = new[] { Given.Service("kubernetes", "10.96.0.1", ("https", 443)), Given.Service("my-db", "10.96.0.9", ("sql", 5432)) };
        var container = Given.Container();

        var linked = EnvironmentResolver.Resolve(Given.Pod(container), container, Given.Objects(services: services), Given.Facts);
        Assert.Equal("10.96.0.9", Value(linked, "MY_DB_SERVICE_HOST"));
        Assert.Equal("5432", Value(linked, "MY_DB_SERVICE_PORT_SQL"));
        Assert.Equal("tcp://10.96.0.9:5432", Value(linked, "MY_DB_PORT_5432_TCP"));
        Assert.Equal("443", Value(linked, "KUBERNETES_SERVICE_PORT_HTTPS"));

        var unlinked = EnvironmentResolver.Resolve(Given.Pod(container).WithSpec(spec => spec with { EnableServiceLinks = false }), container, Given.Objects(services: services), Given.Facts);
        Assert.DoesNotContain(unlinked.Variables, variable => variable.Name.StartsWith("MY_DB", StringComparison.Ordinal));
        Assert.Equal("10.96.0.1", Value(unlinked, "KUBERNETES_SERVICE_HOST"));
    }

    [Theory]
    [InlineData("$(A)", "1")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$(NONE)", "$(NONE)")]
    [InlineData("$(A", "$(A")]
    [InlineData("cost $5 $", "cost $5 $")]
    public void Expansion_follows_the_rules_of_kubernetes(string text, string expected) =>
        Assert.Equal(expected, VariableExpansion.Expand(text, name => name == "A" ? "1" : null));

    private static EnvironmentResult Resolve(Container container, ConfigMap? configMap = null) =>
        EnvironmentResolver.Resolve(Given.Pod(container), container, Given.Objects(configMap), Given.Facts);

    private static string Value(EnvironmentResult result, string name) => result.Variables.Single(variable => variable.Name == name).Value;
}
