using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Gives an Ingress without a class the default one (plugin/pkg/admission/network/defaultingressclass).</summary>
internal sealed class DefaultIngressClassPlugin(IObjectReader objects) : IAdmissionPlugin
{
    private const string Mark = "ingressclass.kubernetes.io/is-default-class";

    public ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind == Ingress.Info && request.Subresource.Length == 0 && request.Operation == AdmissionOperation.Create && request.Object is { } ingress
            && ingress.Object("spec")?["ingressClassName"] is null && ingress.Object("metadata").Object("annotations").Text("kubernetes.io/ingress.class") is null
            && objects.List<IngressClass>("").Where(static item => item.Metadata.Annotations.GetValueOrDefault(Mark) == "true").Newest() is { } found)
        {
            ingress.Ensure("spec")["ingressClassName"] = found.Metadata.Name;
        }

        return ValueTask.CompletedTask;
    }
}
