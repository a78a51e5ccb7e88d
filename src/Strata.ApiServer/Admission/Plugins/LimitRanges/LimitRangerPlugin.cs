using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins.LimitRanges;

/// <summary>Fills in what containers do not ask for, and refuses pods and claims beyond the bounds of the LimitRanges of their namespace (plugin/pkg/admission/limitranger).
/// Pods that exist are left alone when a range changes.</summary>
internal sealed class LimitRangerPlugin(IObjectReader objects) : IAdmissionPlugin
{
    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (IsNewPod(request))
        {
            foreach (var range in objects.List<LimitRange>(request.Namespace))
            {
                LimitDefaults.Apply(range, request.Object!);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (IsNewPod(request) || IsClaim(request))
        {
            foreach (var range in objects.List<LimitRange>(request.Namespace))
            {
                var json = JsonBytes.Serialize(request.Object!);
                var problems = request.Kind == Pod.Info
                    ? LimitRules.Problems(range, ModelJson.Parse<Pod>(json).Spec)
                    : LimitRules.Problems(range, ModelJson.Parse<PersistentVolumeClaim>(json).Spec);
                if (problems.Count > 0)
                {
                    throw ApiErrors.Forbidden(request.Kind, request.Name, LimitRules.Join(problems));
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsNewPod(AdmissionRequest request) =>
        request.Kind == Pod.Info && request.Subresource.Length == 0 && request.Operation == AdmissionOperation.Create && request.Object is not null;

    // A claim may grow, but not beyond the bounds, and not be held up on its way out.
    private static bool IsClaim(AdmissionRequest request) =>
        request.Kind == PersistentVolumeClaim.Info && request.Subresource.Length == 0 && request.Operation is AdmissionOperation.Create or AdmissionOperation.Update
        && request.Object is not null && request.OldObject?.IsDeleting() != true;
}
