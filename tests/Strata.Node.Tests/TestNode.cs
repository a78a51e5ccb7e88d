using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.NodeAgent.Tests.Fakes;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Tests;

/// <summary>A node agent over a fake API and any runtime, in a folder of its own.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly InformerSet _informers;
    private readonly bool _ownsFolder;

    private TestNode(FakeKubeApi api, IContainerRuntime runtime, TimeProvider clock, string? folder, Func<NodeAgentOptions, NodeAgentOptions>? adapt)
    {
        Api = api;
        Client = new KubeClient(api);
        Clock = clock;
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("strata-node-").FullName;
        _informers = new InformerSet(Client, clock, NullLoggerFactory.Instance);
        _informers.Start();
        var options = new NodeAgentOptions { NodeName = "n1", DataDirectory = Folder, NodeIPs = ["10.0.0.1"], ClusterDns = "10.96.0.10", Capacity = new Dictionary<string, Quantity> { ["cpu"] = Quantity.FromValue(4) } };
        Agent = new NodeAgentService(adapt?.Invoke(options) ?? options, Client, _informers, runtime, clock, new Random(1), Loggers);
    }

    public static ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    public FakeKubeApi Api { get; }

    public KubeClient Client { get; }

    public TimeProvider Clock { get; }

    public string Folder { get; }

    public NodeAgentService Agent { get; }

    public static async Task<TestNode> StartAsync(
        IContainerRuntime runtime, TimeProvider? clock = null, FakeKubeApi? api = null, string? folder = null, Func<NodeAgentOptions, NodeAgentOptions>? adapt = null)
    {
        var node = new TestNode(api ?? new FakeKubeApi(clock ?? TimeProvider.System), runtime, clock ?? TimeProvider.System, folder, adapt);
        await node.Agent.StartAsync(TestContext.Current.CancellationToken);
        return node;
    }

    public Pod? Find(string name) => Api.All<Pod>().FirstOrDefault(pod => pod.Metadata.Name == name);

    public string Describe(string name) => Find(name) is { } pod
        ? System.Text.Encoding.UTF8.GetString(ModelJson.Serialize(pod.Status)) + "\n" + string.Join('\n', Api.All<Event>().Select(one => $"{one.Type} {one.Reason}: {one.Message} (x{one.Count})"))
        : $"pod {name} does not exist";

    public Task<Pod> PodWhenAsync(string name, Func<Pod, bool> condition) =>
        Eventually.NotNullAsync(() => Find(name) is { } pod && condition(pod) ? pod : null, () => Describe(name));

    public Task GoneAsync(string name) => Eventually.TrueAsync(() => Find(name) is null, () => Describe(name));

    public async Task<Pod> CreateAsync(Pod pod) => await Client.CreateAsync(pod, TestContext.Current.CancellationToken);

    public async Task DeleteAsync(string name, long? grace = null) =>
        await Client.DeleteAsync<Pod>("default", name, new DeleteRequest(grace), TestContext.Current.CancellationToken);

    public bool HasEvent(string reason, string text = "") =>
        Api.All<Event>().Any(one => one.Reason == reason && one.Message.Contains(text, StringComparison.Ordinal));

    /// <summary>Stops the agent; containers and folder stay.</summary>
    public async Task StopAsync()
    {
        await Agent.DisposeAsync();
        await _informers.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.StopAsync(drain: true, CancellationToken.None);
        await _informers.DisposeAsync();
        if (_ownsFolder)
        {
            foreach (var mount in Linux.MountTable.Under(Folder))
            {
                Linux.SystemCalls.Unmount(mount);
            }

            Directory.Delete(Folder, recursive: true);
        }
    }
}
