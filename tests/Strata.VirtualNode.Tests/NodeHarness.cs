using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api;
using Strata.Api.Models;
using Strata.Arm.Client;
using Strata.Client;
using Strata.Hosting.Certificates;
using Strata.VirtualNode.Pods;
using Strata.VirtualNode.Providers.Arm;
using Strata.VirtualNode.Resolution;
using Strata.VirtualNode.Tests.Fakes;
using IPAddress = System.Net.IPAddress;

namespace Strata.VirtualNode.Tests;

/// <summary>A virtual node over a cluster and a provider in memory. It can be stopped and started again on the same ones.</summary>
internal sealed class NodeHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strata-vnode-").FullName;
    private readonly CertificateAuthority _authority;
    private VirtualNodeAgent? _agent;

    private NodeHarness(TimeProvider clock)
    {
        Clock = clock;
        Cluster = new FakeCluster(clock);
        Provider = new FakeProvider(clock);
        _authority = CertificateAuthority.Open(_folder, "test-ca", TimeProvider.System);
    }

    public static ILoggerFactory Loggers => Environment.GetEnvironmentVariable("STRATA_TEST_LOG") is null
        ? NullLoggerFactory.Instance
        : new LoggerFactory([new Strata.Hosting.Logging.LineLoggerProvider(Console.Out, LogLevel.Debug, TimeProvider.System)]);

    public TimeProvider Clock { get; }

    public FakeCluster Cluster { get; }

    public FakeProvider Provider { get; }

    public KubeClient Client => Cluster.Client;

    public Uri Kubelet => new($"https://127.0.0.1:{_agent!.KubeletPort}");

    public PollOptions Polling { get; set; } = new() { Changing = TimeSpan.FromMilliseconds(20), Waiting = TimeSpan.FromMilliseconds(50), Settled = TimeSpan.FromMilliseconds(50), Idle = TimeSpan.FromMilliseconds(100) };

    public static async Task<NodeHarness> StartAsync(Action<NodeHarness>? prepare = null, TimeProvider? clock = null)
    {
        var harness = new NodeHarness(clock ?? TimeProvider.System);
        await harness.Client.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "kube-system", Uid = "cluster-1" } }, CancellationToken.None);
        prepare?.Invoke(harness);
        await harness.StartAgentAsync();
        return harness;
    }

    /// <summary>Container instances to use instead of <see cref="Provider"/>.</summary>
    public ArmProviderOptions? Arm { get; set; }

    public async Task StartAgentAsync() => _agent = Arm is not null
        ? await VirtualNodeAgent.StartAsync(Options(), Clock, new LockedRandom(1), Loggers, CancellationToken.None)
        : await VirtualNodeAgent.StartAsync(Options(), _ => Provider, Clock, new LockedRandom(1), Loggers, CancellationToken.None);

    public async Task StopAgentAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _agent = null;
    }

    public VirtualNodeOptions Options() => new()
    {
        Client = Client,
        Arm = Arm ?? new ArmProviderOptions
        {
            Client = new ArmClientOptions { Endpoint = new Uri("https://localhost"), GetTokenAsync = _ => ValueTask.FromResult("") },
            SubscriptionId = "s",
            ResourceGroup = "g",
            Location = "local",
        },
        Network = new PodNetworkOptions("10.96.0.10"),
        Address = IPAddress.Loopback,
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Certificate = Issue("system:node:strata-virtual", []),
        ClientRoots = _authority.Roots(),
        Polling = Polling,
    };

    public X509Certificate2 Issue(string name, IReadOnlyList<string> organizations) =>
        _authority.Issue(new CertificateRequestInfo(name, organizations, [], [IPAddress.Loopback], IsServer: true, IsClient: true)).ToCertificate();

    public Task<Pod> CreateAsync(Pod pod) => Client.CreateAsync(pod, CancellationToken.None);

    public Pod? Find(string name = "web") => Cluster.All<Pod>().FirstOrDefault(pod => pod.Metadata.Name == name);

    /// <summary>Waits until the pod is as wanted, and returns it.</summary>
    public async Task<Pod> UntilAsync(Func<Pod, bool> condition, string what, string name = "web")
    {
        await EventuallyAsync(() => Find(name) is { } pod && condition(pod), what);
        return Find(name)!;
    }

    public static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"did not come true in time: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAgentAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
