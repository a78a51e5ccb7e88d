using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Streaming;

/// <summary><c>pods/proxy</c>, <c>services/proxy</c> and <c>nodes/proxy</c>: any request, passed on to what the name means.</summary>
internal sealed class ProxyEndpoint(KindInfo kind, ProxyTargets targets, AdmissionChain admission) : IEndpoint
{
    public const string Subresource = "proxy";

    public EndpointInfo Info { get; } = new(
        "", "v1", kind.Plural, Subresource, new KindInfo("", "v1", $"{kind.Kind}ProxyOptions", "", kind.Namespaced), kind.Namespaced, ["create", "delete", "get", "patch", "update"]);

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var result = await targets.FindAsync(kind, call.Info.Namespace, call.Info.Name, cancellationToken);
        var request = new AdmissionRequest
        {
            Operation = AdmissionOperation.Connect,
            Kind = kind,
            Subresource = Subresource,
            Namespace = call.Info.Namespace,
            Name = call.Info.Name,
            User = call.User,
            Warn = call.Warn,
        };
        await admission.ValidateAsync(request, cancellationToken);
        return result;
    }
}
