namespace Strata.Api.Tests;

public sealed class UidTests
{
    [Fact]
    public void A_uid_is_a_version_4_uuid_that_the_seed_decides()
    {
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", Uid.New(new Random(1)));
        Assert.Equal(Uid.New(new Random(1)), Uid.New(new Random(1)));
        var random = new Random(2);
        Assert.NotEqual(Uid.New(random), Uid.New(random));
    }
}
