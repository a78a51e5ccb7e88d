using System.Text;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;
using Strata.Hosting.Certificates;

namespace Strata.Controllers.Certificates;

/// <summary>Issues the certificates that have been approved, with the cluster's CA (pkg/controller/certificates/signer). What it must not sign fails for good.</summary>
internal sealed class CertificateSigningController : IController, IReconciler
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10);
    private static readonly string[] Own = [Signers.ApiServerClient, Signers.ApiServerClientKubelet, Signers.KubeletServing];

    private readonly IKubeClient _client;
    private readonly ILister<CertificateSigningRequest> _requests;
    private readonly CertificateAuthority? _authority;
    private readonly TimeProvider _clock;
    private readonly ControllerLoop _loop;

    public CertificateSigningController(ControllerContext context)
    {
        _client = context.Client;
        _clock = context.Clock;
        _authority = context.Options.Signer;
        var requests = context.Informers.For<CertificateSigningRequest>();
        _requests = requests;
        _loop = new ControllerLoop("csrsigning", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        requests.Subscribe(change => _loop.Enqueue(change.Object.Key()));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_authority is null || _requests.Get(key) is not { } request || !request.IsApproved() || request.IsRefused() || request.IsIssued()
            || !Own.Contains(request.Spec.SignerName) || ParsedRequest.Read(request) is not { } parsed)
        {
            return ReconcileResult.Settled;
        }

        var problem = SignerRules.ProblemOf(request.Spec.SignerName, parsed, request.Spec.Usages);
        var answered = problem is null
            ? request with { Status = request.Status with { Certificate = Encoding.ASCII.GetBytes(Sign(_authority, request.Spec, parsed)) } }
            : request.With("Failed", "SignerValidationFailure", problem, _clock.GetUtcNow());
        await _client.UpdateAsync(answered, "status", cancellationToken);
        return ReconcileResult.Settled;
    }

    private static string Sign(CertificateAuthority authority, CertificateSigningRequestSpec spec, ParsedRequest parsed)
    {
        var wanted = spec.ExpirationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Longest;
        var lifetime = wanted > Longest ? Longest : wanted < Shortest ? Shortest : wanted;
        return authority.Sign(parsed.Request, parsed.AlternativeNames, CertificateUsages.KeyUsages(spec.Usages), CertificateUsages.ExtendedUsages(spec.Usages), lifetime);
    }
}
