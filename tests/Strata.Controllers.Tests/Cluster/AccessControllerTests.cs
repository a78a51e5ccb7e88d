using System.Security.Cryptography.X509Certificates;
using System.Text;
using Strata.Api.Models;
using Strata.Controllers.Tests.Certificates;
using Strata.Hosting.Certificates;
using Strata.Testing;
using IPAddress = System.Net.IPAddress;

namespace Strata.Controllers.Tests.Cluster;

/// <summary>The controllers of roles, tokens and certificates, over a real API server.</summary>
public sealed class AccessControllerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("strata-ca-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Admin_edit_and_view_are_summed_up_and_take_in_what_others_add()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await Eventually.TrueAsync(async () => await RulesAsync(cluster, "view") > 5 && await RulesAsync(cluster, "edit") > await RulesAsync(cluster, "view"));

        await cluster.AddAsync(new ClusterRole
        {
            Metadata = new ObjectMeta { Name = "own-view", Labels = new Dictionary<string, string> { ["rbac.authorization.k8s.io/aggregate-to-view"] = "true" } },
            Rules = [new PolicyRule { Verbs = ["get"], ApiGroups = ["example.com"], Resources = ["widgets"] }],
        });
        foreach (var role in (string[])["view", "edit", "admin"])
        {
            await Eventually.TrueAsync(async () =>
                (await cluster.FindAsync<ClusterRole>(role, null))!.Rules.Any(static rule => rule.Resources.Contains("widgets")));
        }

        await cluster.Client.DeleteAsync<ClusterRole>(null, "own-view", Client.DeleteRequest.Default, CancellationToken.None);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<ClusterRole>("admin", null))!.Rules.All(static rule => !rule.Resources.Contains("widgets")));
    }

    [Fact]
    public async Task Token_secrets_go_with_their_account_and_never_stay_without_one()
    {
        await using var cluster = await ClusterFixture.StartAsync();
        await cluster.AddAsync(new ServiceAccount { Metadata = new ObjectMeta { Name = "app", Namespace = "default" } });
        await cluster.AddAsync(TokenSecret("kept", "app"));
        await cluster.AddAsync(TokenSecret("lost", "nobody"));
        await cluster.GoneAsync<Secret>("lost");
        Assert.NotNull(await cluster.FindAsync<Secret>("kept"));

        await cluster.DeleteAsync<ServiceAccount>("app");
        await cluster.GoneAsync<Secret>("kept");
    }

    [Fact]
    public async Task An_approved_request_is_signed_as_asked()
    {
        await using var cluster = await StartAsync();
        await ApproveAsync(cluster, await cluster.AddAsync(
            TestRequest.Of("serving", "kubernetes.io/kubelet-serving", "O=system:nodes, CN=system:node:n1", ["server auth", "digital signature"], "n1", IPAddress.Parse("10.0.0.1"), 600)));
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<CertificateSigningRequest>("serving", null))!.Status.Certificate.Length > 0);

        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString((await cluster.FindAsync<CertificateSigningRequest>("serving", null))!.Status.Certificate));
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["n1"], names.EnumerateDnsNames());
        Assert.Equal(["10.0.0.1"], names.EnumerateIPAddresses().Select(static address => address.ToString()));
        Assert.Equal("1.3.6.1.5.5.7.3.1", Assert.Single(certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()).Value);
        Assert.True(certificate.NotAfter - certificate.NotBefore < TimeSpan.FromMinutes(20));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Open().Roots());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.True(chain.Build(certificate));
    }

    [Fact]
    public async Task What_the_signer_must_not_sign_fails_with_its_reason()
    {
        await using var cluster = await StartAsync();
        await ApproveAsync(cluster, await cluster.AddAsync(TestRequest.Of("bad", "kubernetes.io/kube-apiserver-client", "CN=jane", ["client auth", "cert sign"])));
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<CertificateSigningRequest>("bad", null))!.Status.Conditions.Any(static condition =>
            condition is { Type: "Failed", Reason: "SignerValidationFailure", Message: "usage \"cert sign\" is not allowed" }));
    }

    [Fact]
    public async Task A_nodes_client_certificate_is_approved_for_those_who_may_have_it()
    {
        await using var cluster = await StartAsync();
        await cluster.AddAsync(new ClusterRoleBinding
        {
            Metadata = new ObjectMeta { Name = "renew" },
            RoleRef = new RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient" },
            Subjects = [new Subject { Kind = "Group", ApiGroup = "rbac.authorization.k8s.io", Name = "system:nodes" }],
        });

        // The permission counts from when the API server's cache has it.
        var node = cluster.ClientOf("system:node:n1", "system:nodes");
        await Eventually.TrueAsync(async () => (await node.CreateAsync(
            new SelfSubjectAccessReview
            {
                Spec = new SelfSubjectAccessReviewSpec
                {
                    ResourceAttributes = new ResourceAttributes { Group = "certificates.k8s.io", Resource = "certificatesigningrequests", Subresource = "selfnodeclient", Verb = "create" },
                },
            },
            CancellationToken.None)).Status.Allowed);
        var own = TestRequest.Of("own", "kubernetes.io/kube-apiserver-client-kubelet", "O=system:nodes, CN=system:node:n1", ["client auth"]);
        var others = TestRequest.Of("others", "kubernetes.io/kube-apiserver-client-kubelet", "O=system:nodes, CN=system:node:n2", ["client auth"]);
        await node.CreateAsync(others, CancellationToken.None);
        await node.CreateAsync(own, CancellationToken.None);
        await Eventually.TrueAsync(async () => (await cluster.FindAsync<CertificateSigningRequest>("own", null))!.Status is { Certificate.Length: > 0 } status
            && status.Conditions[0].Message == "Auto approving self kubelet client certificate after SubjectAccessReview.");
        Assert.Empty((await cluster.FindAsync<CertificateSigningRequest>("others", null))!.Status.Conditions);
    }

    private static Secret TokenSecret(string name, string account) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Annotations = new Dictionary<string, string> { ["kubernetes.io/service-account.name"] = account } },
        Type = "kubernetes.io/service-account-token",
    };

    private static async Task<int> RulesAsync(ClusterFixture cluster, string role) => (await cluster.FindAsync<ClusterRole>(role, null))!.Rules.Count;

    private static async Task ApproveAsync(ClusterFixture cluster, CertificateSigningRequest request)
    {
        var condition = new CertificateSigningRequestCondition { Type = "Approved", Status = "True", Reason = "Test" };
        await cluster.Client.UpdateAsync(request with { Status = request.Status with { Conditions = [condition] } }, "approval", CancellationToken.None);
    }

    private CertificateAuthority Open() => CertificateAuthority.Open(_folder.FullName, "test", TimeProvider.System);

    private Task<ClusterFixture> StartAsync() => ClusterFixture.StartAsync(new ControllerOptions { ClusterCertificateAuthority = ClusterFixture.Authority, Signer = Open() });
}
