using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Gives claims and volumes a finalizer, which their protection controllers take when nothing uses them any more
/// (plugin/pkg/admission/storage/storageobjectinuseprotection).</summary>
internal sealed class StorageObjectInUseProtectionPlugin : IAdmissionPlugin
{
    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation == AdmissionOperation.Create && request.Subresource.Length == 0 && request.Object is { } target)
        {
            if (request.Kind == PersistentVolumeClaim.Info)
            {
                Protect(target.Metadata(), "kubernetes.io/pvc-protection");
            }
            else if (request.Kind == PersistentVolume.Info)
            {
                Protect(target.Metadata(), "kubernetes.io/pv-protection");
            }
        }

        return ValueTask.CompletedTask;
    }

    private static void Protect(JsonObject metadata, string finalizer)
    {
        if (!metadata.Texts("finalizers").Any(entry => entry.Item == finalizer))
        {
            var finalizers = metadata.Array("finalizers") ?? [];
            finalizers.Add((JsonNode)JsonValue.Create(finalizer));
            metadata["finalizers"] = finalizers;
        }
    }
}
