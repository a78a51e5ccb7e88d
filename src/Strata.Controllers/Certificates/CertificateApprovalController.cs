using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Certificates;

/// <summary>Approves the client certificates of node agents for those who may have them: a node renews its own (<c>certificatesigningrequests/selfnodeclient</c>), a bootstrapper
/// asks for a new node's (<c>…/nodeclient</c>) (pkg/controller/certificates/approver). Everything else waits for a person.</summary>
internal sealed class CertificateApprovalController : IController, IReconciler
{
    // Permissions may come later than the request.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(30);

    private readonly IKubeClient _client;
    private readonly ILister<CertificateSigningRequest> _requests;
    private readonly TimeProvider _clock;
    private readonly ControllerLoop _loop;

    public CertificateApprovalController(ControllerContext context)
    {
        _client = context.Client;
        _clock = context.Clock;
        var requests = context.Informers.For<CertificateSigningRequest>();
        _requests = requests;
        _loop = new ControllerLoop("csrapproving", this, context.Clock, context.Loggers.CreateLogger<ControllerLoop>());
        requests.Subscribe(change => _loop.Enqueue(change.Object.Key()));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_requests.Get(key) is not { } request || request.IsApproved() || request.IsRefused() || request.IsIssued()
            || request.Spec.SignerName != Signers.ApiServerClientKubelet
            || ParsedRequest.Read(request) is not { } parsed || SignerRules.ProblemOf(request.Spec.SignerName, parsed, request.Spec.Usages) is not null)
        {
            return ReconcileResult.Settled;
        }

        var isOwn = request.Spec.Username == parsed.CommonName;
        if (isOwn && await MayAsync(request, "selfnodeclient", cancellationToken))
        {
            await ApproveAsync(request, "Auto approving self kubelet client certificate after SubjectAccessReview.", cancellationToken);
        }
        else if (await MayAsync(request, "nodeclient", cancellationToken))
        {
            await ApproveAsync(request, "Auto approving kubelet client certificate after SubjectAccessReview.", cancellationToken);
        }
        else
        {
            return ReconcileResult.RecheckAfter(AskAgainAfter);
        }

        return ReconcileResult.Settled;
    }

    private Task ApproveAsync(CertificateSigningRequest request, string message, CancellationToken cancellationToken) =>
        _client.UpdateAsync(request.With("Approved", "AutoApproved", message, _clock.GetUtcNow()), "approval", cancellationToken);

    private async Task<bool> MayAsync(CertificateSigningRequest request, string subresource, CancellationToken cancellationToken)
    {
        var kind = CertificateSigningRequest.Info;
        var review = await _client.CreateAsync(
            new SubjectAccessReview
            {
                Spec = new SubjectAccessReviewSpec
                {
                    User = request.Spec.Username,
                    Uid = request.Spec.Uid,
                    Groups = request.Spec.Groups,
                    Extra = request.Spec.Extra,
                    ResourceAttributes = new ResourceAttributes { Group = kind.Group, Version = "*", Resource = kind.Plural, Subresource = subresource, Verb = "create" },
                },
            },
            cancellationToken);
        return review.Status.Allowed;
    }
}
