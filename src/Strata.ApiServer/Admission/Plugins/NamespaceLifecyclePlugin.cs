using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Objects are created only in namespaces that exist and are not going away, and the namespaces that the cluster itself needs stay.</summary>
/// <remarks>Runs among the mutations, first, so that a missing namespace is reported before anything about the object.</remarks>
internal sealed class NamespaceLifecyclePlugin(IObjectReader objects) : IAdmissionPlugin
{
    private static readonly string[] Protected = ["default", "kube-system", "kube-public"];

    public async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == Namespace.Info)
        {
            if (request.Operation == AdmissionOperation.Delete && Protected.Contains(request.Name))
            {
                throw ApiErrors.Forbidden(request.Kind, request.Name, "this namespace may not be deleted");
            }

            return;
        }

        if (request.Namespace.Length == 0 || request.Operation != AdmissionOperation.Create)
        {
            return;
        }

        var found = await objects.FindAsync<Namespace>("", request.Namespace, cancellationToken)
            ?? throw ApiErrors.NotFound(Namespace.Info, request.Namespace);

        // What winds down may still be bound, evicted or given tokens; only new objects are refused.
        if (request.Subresource.Length == 0 && (found.IsDeleting() || found.Status.Phase == "Terminating"))
        {
            throw Terminating(request);
        }
    }

    private static ApiException Terminating(AdmissionRequest request)
    {
        var refusal = ApiErrors.Forbidden(
            request.Kind, request.Name, $"unable to create new content in namespace {request.Namespace} because it is being terminated");
        var cause = new StatusCause("NamespaceTerminating", $"namespace {request.Namespace} is being terminated", "metadata.namespace");
        return new ApiException(refusal.Status with { Causes = [cause] });
    }
}
