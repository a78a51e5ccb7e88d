using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Strata.Hosting.Certificates;
using Strata.NodeAgent.Cri;

namespace Strata.NodeAgent.Tests.Real;

/// <summary>A node agent on the test run's containerd, with its server and a client for it.</summary>
internal sealed class RealNode : IAsyncDisposable
{
    private readonly string _certificates = Directory.CreateTempSubdirectory("strata-node-pki-").FullName;
    private readonly CertificateAuthority _authority;

    private RealNode(PrivateContainerd containerd, string agentId)
    {
        AgentId = agentId;
        Runtime = new CriContainerRuntime(containerd.Client, agentId);
        _authority = CertificateAuthority.Open(_certificates, "test-ca", TimeProvider.System);
    }

    public string AgentId { get; }

    public CriContainerRuntime Runtime { get; }

    public TestNode Node { get; private set; } = null!;

    public static async Task<RealNode> StartAsync(PrivateContainerd containerd)
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var real = new RealNode(containerd, $"test-{Guid.CreateVersion7()}");
        real.Node = await TestNode.StartAsync(real.Runtime, adapt: real.Options);
        return real;
    }

    /// <summary>Stops the agent and starts another in its place, as after a crash of the process.</summary>
    public async Task RestartAgentAsync(Func<Task>? meanwhile = null)
    {
        await Node.StopAsync();
        if (meanwhile is not null)
        {
            await meanwhile();
        }

        Node = await TestNode.StartAsync(Runtime, api: Node.Api, folder: Node.Folder, adapt: Options);
    }

    /// <summary>An HTTP client for the node server, with a certificate of an administrator.</summary>
    public HttpClient HttpClient(string user = "admin") =>
        new(new SocketsHttpHandler { SslOptions = Tls(user) }) { BaseAddress = new Uri($"https://127.0.0.1:{Node.Agent.ServerPort}") };

    public SslClientAuthenticationOptions Tls(string user) => new()
    {
        TargetHost = "127.0.0.1",
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        ClientCertificates = [Load(_authority.Issue(CertificateRequestInfo.Client(user, "system:masters")))],
    };

    public async ValueTask DisposeAsync()
    {
        var folder = Node.Folder;
        await Node.DisposeAsync();
        if (Directory.Exists(folder))
        {
            foreach (var mount in Linux.MountTable.Under(folder))
            {
                Linux.SystemCalls.Unmount(mount);
            }

            Directory.Delete(folder, recursive: true);
        }

        Directory.Delete(_certificates, recursive: true);
    }

    private NodeAgentOptions Options(NodeAgentOptions options) => options with
    {
        CgroupRoot = PrivateContainerd.CgroupRoot,
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        ServerCertificate = Load(_authority.Issue(CertificateRequestInfo.Server("node", [], [IPAddress.Loopback]))),
        ClientAuthorities = _authority.Roots(),
    };

    private static X509Certificate2 Load(KeyPair pair) => pair.ToCertificate();
}
