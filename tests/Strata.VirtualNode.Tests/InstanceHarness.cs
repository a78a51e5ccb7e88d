using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Arm.Client;
using Strata.ContainerInstances;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Provisioning;
using Strata.ContainerInstances.Security;
using Strata.Hosting.Certificates;
using Strata.VirtualNode.Providers.Arm;
using Strata.VirtualNode.Tests.Fakes;
using IPAddress = System.Net.IPAddress;

namespace Strata.VirtualNode.Tests;

/// <summary>The real container instances service over HTTPS, whose core and hosts are in memory. It can be stopped and started again on the same data.</summary>
internal sealed class InstanceHarness : IAsyncDisposable
{
    private const string Token = "test-token";
    private const string Subscription = "00000000-0000-0000-0000-000000000001";
    private readonly string _folder = Directory.CreateTempSubdirectory("strata-vnode-aci-").FullName;
    private readonly CertificateAuthority _authority;
    private readonly X509Certificate2 _certificate;
    private ContainerInstancesServer? _server;
    private int _port;

    private InstanceHarness()
    {
        _authority = CertificateAuthority.Open(_folder, "test-ca", TimeProvider.System);
        _certificate = _authority.Issue(CertificateRequestInfo.Server("localhost", ["localhost"], [IPAddress.Loopback])).ToCertificate();
        Core = new FakeCluster(TimeProvider.System);
        Host = new FakeHost(Core, TimeProvider.System);
    }

    public FakeCluster Core { get; }

    public FakeHost Host { get; }

    public bool HasExtension { get; set; } = true;

    public ArmClientOptions ClientOptions => new()
    {
        Endpoint = new Uri($"https://localhost:{_port}"),
        GetTokenAsync = _ => ValueTask.FromResult(Token),
        TrustedRoots = _authority.Roots(),
    };

    public ArmProviderOptions Provider => new()
    {
        Client = ClientOptions, SubscriptionId = Subscription, ResourceGroup = "cluster", Location = "local", UsePodExtension = HasExtension, DefaultCpu = 0.1, DefaultMemoryInGB = 0.1,
    };

    public ContainerGroupClient Groups => new(new ArmClient(ClientOptions, TimeProvider.System), Subscription, "cluster");

    public static async Task<InstanceHarness> StartAsync()
    {
        var harness = new InstanceHarness();
        await harness.StartServerAsync();
        return harness;
    }

    public async Task StartServerAsync()
    {
        _server = await ContainerInstancesServer.StartAsync(
            new ContainerInstancesOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, _port),
                Certificate = _certificate,
                DataDirectory = _folder,
                Tokens = StaticTokenValidator.FromLines([Token]),
                Core = Core.Client,
                Provisioning = new ProvisioningPolicy { CapacityPatience = TimeSpan.FromMilliseconds(200) },
                Prices = new PriceSheet(),
                Streams = new FakeStreams(),
            },
            TimeProvider.System, NodeHarness.Loggers, CancellationToken.None);
        _port = _server.Endpoint.Port;
    }

    public async Task StopServerAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        await Host.DisposeAsync();
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
