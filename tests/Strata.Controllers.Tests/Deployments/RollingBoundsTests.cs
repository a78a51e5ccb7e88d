using Strata.Api.Models;
using Strata.Controllers.Deployments;

namespace Strata.Controllers.Tests.Deployments;

public sealed class RollingBoundsTests
{
    [Theory]
    [InlineData(10, "25%", "25%", 3, 2)]
    [InlineData(1, "25%", "25%", 1, 0)]
    [InlineData(4, "1", "0", 1, 0)]
    [InlineData(10, "0", "0%", 0, 1)]
    [InlineData(10, "0%", "5%", 0, 1)]
    [InlineData(2, "0", "50%", 0, 1)]
    [InlineData(2, "1", "5", 1, 2)]
    [InlineData(3, "100%", "100%", 3, 3)]
    [InlineData(0, "25%", "25%", 0, 0)]
    public void Surge_rounds_up_unavailable_rounds_down_and_never_both_are_zero(int replicas, string surge, string unavailable, int mostAbove, int mostBelow)
    {
        var bounds = RollingBounds.Of(Given.Deployment(replicas, Parse(surge), Parse(unavailable)));

        Assert.Equal((mostAbove, mostBelow), (bounds.MaxSurge, bounds.MaxUnavailable));
    }

    [Fact]
    public void Recreate_has_no_surge_and_is_available_only_in_full()
    {
        Assert.Equal(new RollingBounds(5, 0, 0), RollingBounds.Of(Given.Deployment(5).Recreating()));
    }

    [Fact]
    public void Without_parameters_a_quarter_applies_both_ways()
    {
        var deployment = Given.Deployment(8);
        deployment = deployment with { Spec = deployment.Spec with { Strategy = new DeploymentStrategy { Type = "RollingUpdate" } } };

        Assert.Equal(new RollingBounds(8, 2, 2), RollingBounds.Of(deployment));
    }

    private static IntOrString Parse(string text) => int.TryParse(text, out var number) ? number : text;
}
