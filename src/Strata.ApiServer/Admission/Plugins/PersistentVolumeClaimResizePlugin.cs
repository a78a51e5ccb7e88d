using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Claims grow only when they are bound and their class allows it (plugin/pkg/admission/storage/persistentvolume/resize).</summary>
internal sealed class PersistentVolumeClaimResizePlugin(IObjectReader objects) : IAdmissionPlugin
{
    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != PersistentVolumeClaim.Info || request.Subresource.Length > 0 || request.Operation != AdmissionOperation.Update
            || request.Object is not { } claim || request.OldObject is not { } old || SizeOf(claim) is not { } wanted || !(wanted > (SizeOf(old) ?? default)))
        {
            return;
        }

        if (old.Object("status").Text("phase") != "Bound")
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, "Only bound persistent volume claims can be expanded");
        }

        var name = ClassOf(claim);
        if (name.Length == 0 || name != ClassOf(old) || await objects.FindAsync<StorageClass>("", name, cancellationToken) is not { AllowVolumeExpansion: true })
        {
            throw ApiErrors.Forbidden(
                request.Kind, request.Name, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
        }
    }

    private static Quantity? SizeOf(JsonObject claim) => claim.Object("spec").Object("resources").Object("requests").Read("storage");

    private static string ClassOf(JsonObject claim) =>
        claim.Object("metadata").Object("annotations").Text("volume.beta.kubernetes.io/storage-class") ?? claim.Object("spec").TextOrEmpty("storageClassName");
}
