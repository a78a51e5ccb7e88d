using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry;

namespace Strata.ApiServer.Admission.Plugins.Quotas;

/// <summary>Refuses what would use more of a namespace than its quotas allow, and books what is let through (plugin/pkg/admission/resourcequota). Runs last: nothing may
/// be refused, or changed, once it is booked.</summary>
internal sealed class ResourceQuotaPlugin(ResourceRegistry registry, TimeProvider clock) : IAdmissionPlugin
{
    private readonly QuotaCharger _charger = new(registry, clock);

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == ResourceQuota.Info && request.Subresource == "status")
        {
            CheckCount(request);
            return;
        }

        if (!QuotaDemand.IsMadeBy(request) || !_charger.HasQuotas(request.Namespace))
        {
            return;
        }

        var charge = new QuotaRequest(QuotaDemand.Of(request), request.DryRun);
        await _charger.ChargeAsync(request.Namespace, charge);
        if (charge.Failure is { } failure)
        {
            throw ApiErrors.Internal("resource quota evaluation failed", failure);
        }

        if (charge.Problem is { } problem)
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, problem);
        }

        if (charge.Charges.Count > 0)
        {
            request.Held = new QuotaReservation(_charger, charge);
        }
    }

    // A controller that lowers what is used must have seen every object that was paid for.
    private void CheckCount(AdmissionRequest request)
    {
        if (request.Operation == AdmissionOperation.Update && !ReferenceEquals(request.User, UserIdentity.ApiServer)
            && _charger.Settling.IsSettling(new ObjectKey(request.Namespace, request.Name)) && IsLowered(request))
        {
            throw ApiErrors.Conflict(request.Kind, request.Name, "objects are being charged to the quota; please count again");
        }
    }

    private static bool IsLowered(AdmissionRequest request)
    {
        var before = ModelJson.Parse<ResourceQuota>(JsonBytes.Serialize(request.OldObject!)).Status.Used;
        var after = ModelJson.Parse<ResourceQuota>(JsonBytes.Serialize(request.Object!)).Status.Used;
        return before.Any(entry => !after.TryGetValue(entry.Key, out var amount) || amount < entry.Value);
    }
}
