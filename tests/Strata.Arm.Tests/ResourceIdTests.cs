namespace Strata.Arm.Tests;

public sealed class ResourceIdTests
{
    [Fact]
    public void Ids_that_differ_only_in_case_are_equal_and_keep_their_case()
    {
        Assert.True(ArmResourceId.TryParse("/subscriptions/S1/resourcegroups/Rg/providers/microsoft.containerinstance/containergroups/One", out var left));
        var right = ArmResourceId.ForContainerGroup("s1", "rg", "one");
        Assert.Equal(left, right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
        Assert.Equal("One", left.Name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/subscriptions/s")]
    [InlineData("/subscriptions/s/somethingElse/g")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.X/things")]
    public void What_is_no_id_is_not_parsed(string? text) => Assert.False(ArmResourceId.TryParse(text, out _));

    [Fact]
    public void Several_problems_become_one_error_with_details()
    {
        var error = ArmError.Combine([new ArmError("A", "One."), new ArmError("B", "Two.")]);
        Assert.Equal(("A", "One. Two.", 2), (error.Code, error.Message, error.Details!.Count));
        Assert.Null(ArmError.Combine([new ArmError("A", "One.")]).Details);
    }
}
