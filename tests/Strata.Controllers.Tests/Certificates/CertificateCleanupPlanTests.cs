using Strata.Api.Models;
using Strata.Controllers.Certificates;

namespace Strata.Controllers.Tests.Certificates;

public sealed class CertificateCleanupPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly CertificateSigningRequest Pending = new() { Metadata = new ObjectMeta { Name = "a", CreationTimestamp = Noon } };

    [Fact]
    public void A_request_waits_a_day_for_its_answer() => Assert.Equal(Noon.AddHours(24), CertificateCleanupPlan.DeadlineOf(Pending));

    [Fact]
    public void An_answered_request_stays_for_an_hour()
    {
        var approved = Pending.With("Approved", "", "", Noon.AddHours(2));
        Assert.Null(CertificateCleanupPlan.DeadlineOf(approved));
        Assert.Equal(Noon.AddHours(3), CertificateCleanupPlan.DeadlineOf(approved with { Status = approved.Status with { Certificate = [1] } }));
        Assert.Equal(Noon.AddHours(3), CertificateCleanupPlan.DeadlineOf(Pending.With("Denied", "", "", Noon.AddHours(2))));
        Assert.Equal(Noon.AddHours(4), CertificateCleanupPlan.DeadlineOf(approved.With("Failed", "", "", Noon.AddHours(3))));
    }
}
