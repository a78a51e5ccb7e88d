using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins.Quotas;

/// <summary>What one write has been charged with, until it is known whether the object was stored.</summary>
internal sealed class QuotaReservation(QuotaCharger charger, QuotaRequest request) : WriteReservation
{
    public override ValueTask CommitAsync()
    {
        foreach (var (quota, _) in request.Charges)
        {
            charger.Settling.Stored(quota);
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask AbandonAsync() => charger.RefundAsync(request);
}
