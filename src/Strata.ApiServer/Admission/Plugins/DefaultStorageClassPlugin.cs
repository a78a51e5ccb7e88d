using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Gives a claim without a class the default one (plugin/pkg/admission/storage/storageclass/setdefault). The empty name is a class too: no provisioning.</summary>
internal sealed class DefaultStorageClassPlugin(IObjectReader objects) : IAdmissionPlugin
{
    private static readonly string[] Marks = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == PersistentVolumeClaim.Info && request.Subresource.Length == 0 && request.Operation == AdmissionOperation.Create && request.Object is { } claim
            && claim.Object("spec")?["storageClassName"] is null && claim.Object("metadata").Object("annotations")?["volume.beta.kubernetes.io/storage-class"] is null
            && objects.List<StorageClass>("").Where(static item => Marks.Any(mark => item.Metadata.Annotations.GetValueOrDefault(mark) == "true")).Newest() is { } found)
        {
            claim.Ensure("spec")["storageClassName"] = found.Metadata.Name;
        }

        return ValueTask.CompletedTask;
    }
}
