using Microsoft.Extensions.Time.Testing;
using Strata.Api;
using Strata.ApiServer.Admission.Plugins.Quotas;

namespace Strata.ApiServer.Tests.Admission;

public sealed class SettlingQuotasTests
{
    private static readonly ObjectKey Quota = new("shop", "q");

    private readonly FakeTimeProvider _clock = new();
    private readonly SettlingQuotas _settling;

    public SettlingQuotasTests() => _settling = new SettlingQuotas(_clock);

    [Fact]
    public void A_quota_settles_a_moment_after_its_last_object_was_stored()
    {
        Assert.False(_settling.IsSettling(Quota));
        _settling.Add(Quota);
        _settling.Add(Quota);
        _settling.Stored(Quota);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_settling.IsSettling(Quota));
        Assert.False(_settling.IsSettling(new ObjectKey("shop", "other")));

        _settling.Stored(Quota);
        Assert.True(_settling.IsSettling(Quota));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_settling.IsSettling(Quota));
    }

    [Fact]
    public void A_charge_that_was_given_back_leaves_nothing_to_wait_for()
    {
        _settling.Add(Quota);
        _settling.Forget(Quota);
        Assert.False(_settling.IsSettling(Quota));
    }

    [Fact]
    public void A_write_of_which_nobody_knows_the_outcome_is_not_waited_for_for_ever()
    {
        _settling.Add(Quota);
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.True(_settling.IsSettling(Quota));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_settling.IsSettling(Quota));
    }
}
