using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Generic;

public sealed class NameGeneratorTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(58)]
    [InlineData(200)]
    public void A_generated_name_is_never_longer_than_a_label(int prefixLength)
    {
        var name = NameGenerator.Generate(new string('a', prefixLength), new Random(1));
        Assert.Equal(Math.Min(prefixLength + 5, 63), name.Length);
    }
}
