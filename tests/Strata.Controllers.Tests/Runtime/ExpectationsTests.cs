using Microsoft.Extensions.Time.Testing;
using Strata.Api;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Tests.Runtime;

public sealed class ExpectationsTests
{
    private static readonly ObjectKey Owner = new("default", "web");

    private readonly FakeTimeProvider _clock = new();
    private readonly Expectations _expectations;

    public ExpectationsTests() => _expectations = new Expectations(_clock);

    [Fact]
    public void Creations_are_counted_down()
    {
        Assert.True(_expectations.AreMet(Owner));
        _expectations.ExpectCreations(Owner, 2);
        _expectations.CreationSettled(Owner);
        Assert.False(_expectations.AreMet(Owner));
        _expectations.CreationSettled(Owner);
        Assert.True(_expectations.AreMet(Owner));
    }

    [Fact]
    public void Deletions_are_awaited_by_uid()
    {
        _expectations.ExpectDeletion(Owner, "a");
        _expectations.DeletionSettled(Owner, "b");
        _expectations.DeletionSettled(Owner, "b");
        Assert.False(_expectations.AreMet(Owner));
        _expectations.DeletionSettled(Owner, "a");
        Assert.True(_expectations.AreMet(Owner));
    }

    [Fact]
    public void Creations_seen_that_nobody_expected_are_no_credit()
    {
        _expectations.CreationSettled(Owner);
        _expectations.ExpectCreations(Owner, 1);
        Assert.False(_expectations.AreMet(Owner));
    }

    [Fact]
    public void Expectations_expire_after_five_minutes_and_new_ones_start_afresh()
    {
        _expectations.ExpectCreations(Owner, 1);
        _clock.Advance(TimeSpan.FromMinutes(5.1));
        Assert.True(_expectations.AreMet(Owner));

        _expectations.ExpectCreations(Owner, 1);
        Assert.False(_expectations.AreMet(Owner));
        _expectations.CreationSettled(Owner);
        Assert.True(_expectations.AreMet(Owner));
    }

    [Fact]
    public void A_forgotten_owner_owes_nothing_and_owners_are_apart()
    {
        _expectations.ExpectCreations(Owner, 1);
        Assert.True(_expectations.AreMet(new ObjectKey("default", "other")));
        _expectations.Forget(Owner);
        Assert.True(_expectations.AreMet(Owner));
    }
}
