using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Models;
using Strata.Arm.Client;
using Strata.Cri;
using Strata.Cri.Images;
using Strata.Host.Parts;
using Strata.Hosting.Certificates;
using Strata.Hosting.Files;
using Strata.Network;
using IPAddress = System.Net.IPAddress;

namespace Strata.Host.Clusters;

/// <summary>All parts of a cluster in one process: started in the order of their needs, stopped in reverse.</summary>
internal sealed class ClusterRuntime(
    ClusterSettings settings, ClusterPaths paths, ClusterState state, ProgressDisplay progress, ILoggerFactory loggers, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>The one subscription of the embedded container-instances service.</summary>
    public const string SubscriptionId = "00000000-0000-0000-0000-000000000001";

    /// <summary>Where the virtual node puts its container groups.</summary>
    public const string ResourceGroup = "strata";

    public const string Location = "local";

    public const string ClusterDomain = "cluster.local";

    private readonly LockedRandom _random = new(Environment.TickCount ^ Environment.ProcessId);
    private readonly List<(string Name, Func<ValueTask> Stop)> _parts = []; // In the order of starting.
    private ControlPlane? _cluster;
    private bool _hasAdopted;
    private bool _hasStopped;

    public static ContainerdOptions ContainerdOptionsOf(ClusterPaths paths) => new()
    {
        RootDirectory = paths.Containerd,
        StateDirectory = paths.ContainerdRun,
        CniConfDirectory = paths.Cni,
        CniBinDirectory = Directory.Exists("/usr/lib/cni") ? "/usr/lib/cni" : "/opt/cni/bin",
    };

    public static NetworkOptions NetworkOptionsOf(ClusterPaths paths, ClusterState state) => new()
    {
        ClusterId = "c" + paths.Id,
        NodeName = Dns.GetHostName(),
        PodCidr = System.Net.IPNetwork.Parse(state.PodCidr),
        ServiceCidr = System.Net.IPNetwork.Parse(state.ServiceCidr),
        ClusterDnsIP = state.DnsAddress,
        ClusterDomain = ClusterDomain,
        CniConfigDirectory = paths.Cni,
        IpamDirectory = Path.Combine(paths.Data, "ipam"),
    };

    public static ArmClient CreateArmClient(ClusterPaths paths, ClusterState state) => new(ArmClientOptionsOf(paths, state), TimeProvider.System);

    /// <summary>How to reach the embedded container-instances service, as any client on this machine would.</summary>
    public static ArmClientOptions ArmClientOptionsOf(ClusterPaths paths, ClusterState state)
    {
        var token = File.ReadAllText(paths.ArmToken).Trim();
        var roots = new System.Security.Cryptography.X509Certificates.X509Certificate2Collection();
        roots.ImportFromPemFile(Path.Combine(paths.Certificates, "ca.crt"));
        return new ArmClientOptions
        {
            Endpoint = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{state.ArmPort}")),
            GetTokenAsync = _ => ValueTask.FromResult(token),
            TrustedRoots = roots,
            PollInterval = TimeSpan.FromMilliseconds(250),
        };
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var authority = CertificateAuthority.Open(paths.Certificates, "strata", clock);
        var hasRuntime = settings.HasNode || settings.HasInstances;
        var network = hasRuntime ? await PrepareNetworkAsync(cancellationToken) : null;
        var containerd = hasRuntime ? StartContainerdAsync(cancellationToken) : null;
        var core = settings.HasInstances ? StartCoreAsync(cancellationToken) : null;
        _cluster = await progress.StepAsync("API server", () => StartControlPlaneAsync(authority, hasRuntime, cancellationToken), plane => plane.Endpoint.ToString().TrimEnd('/'));
        WriteKubeconfig(authority);
        if (network is not null)
        {
            var running = NetworkPart.Start(network, _cluster.ClientOf("system:kube-proxy"), clock, loggers);
            Own("network", running.DisposeAsync);
        }

        var runtime = containerd is null ? null : await containerd;
        if (settings.HasNode)
        {
            await progress.StepAsync("dedicated node", () => StartNodeAsync(_cluster, authority, runtime!, cancellationToken), name => name);
        }

        if (core is not null)
        {
            await StartInstancesAsync(authority, await core, runtime!, cancellationToken);
        }

        await WaitForNodesAsync(cancellationToken);
    }

    /// <summary>Says how to use the cluster.</summary>
    public void Describe()
    {
        progress.Say($"Use it: export KUBECONFIG={paths.Kubeconfig}");
        if (state is { Server: not null, Store.Etcd: not null })
        {
            progress.Say($"Add a server: strata server keys export FILE --data-dir {paths.Data}, and on the other machine: strata server --store etcd=... --keys FILE");
        }

        if (settings.HasInstances)
        {
            progress.Say($"Instances: https://127.0.0.1:{state.ArmPort} (token in {paths.ArmToken}, subscription {SubscriptionId})");
        }
    }

    /// <summary>Stops every part, ends all containers and removes the network. The data stays.</summary>
    public async Task StopAsync()
    {
        await DisposeAsync();
        await ClusterShutdown.CleanUpAsync(paths, CancellationToken.None);
    }

    /// <summary>Ends a start that failed: containers adopted from an earlier run go on, anything else that was started ends.</summary>
    public async Task AbandonAsync()
    {
        await DisposeAsync();
        if (!_hasAdopted)
        {
            await ClusterShutdown.CleanUpAsync(paths, CancellationToken.None);
        }
    }

    /// <summary>Stops every part and leaves containers running; the next start adopts them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_hasStopped)
        {
            return;
        }

        _hasStopped = true;
        for (var index = _parts.Count - 1; index >= 0; index--)
        {
            var (name, stop) = _parts[index];
            try
            {
                await stop();
            }
            catch (Exception error)
            {
                // One part that fails to stop must not keep the others running.
                loggers.CreateLogger("Strata.Host").LogStopFailed(error, name);
            }
        }
    }

    private async Task<NetworkService> PrepareNetworkAsync(CancellationToken cancellationToken) =>
        await progress.StepAsync(
            "pod network",
            async () =>
            {
                var service = new NetworkService(NetworkOptionsOf(paths, state), clock, loggers);
                foreach (var problem in await service.PrepareAsync(cancellationToken))
                {
                    progress.Say($"  ! {problem}");
                }

                return service;
            },
            _ => $"pods {state.PodCidr}, services {state.ServiceCidr}");

    private Task<ContainerdProcess> StartContainerdAsync(CancellationToken cancellationToken) =>
        progress.StepAsync(
            "containerd",
            async () =>
            {
                var process = await ContainerdProcess.StartAsync(ContainerdOptionsOf(paths), loggers.CreateLogger<ContainerdProcess>(), clock, cancellationToken);
                _hasAdopted = process.Adopted;
                Own("containerd", process.DisposeAsync);
                var importer = new ImageImporter(process.Client, clock, loggers.CreateLogger<ImageImporter>());
                await importer.ImportAsync(await PauseImage.BuildAsync(cancellationToken), cancellationToken);
                return process;
            },
            process => process.Adopted ? "adopted with its containers" : "started");

    private async Task<ControlPlane> StartControlPlaneAsync(CertificateAuthority authority, bool hasRuntime, CancellationToken cancellationToken)
    {
        List<IPAddress> addresses = [IPAddress.Parse(state.Server?.ListenAddress ?? settings.ListenAddress)];
        if (hasRuntime && !addresses[0].Equals(IPAddress.Any))
        {
            addresses.Add(state.NodeAddress); // Pods reach the API at the service "kubernetes", which leads here.
        }

        if (!IPAddress.IsLoopback(addresses[0]) && !addresses[0].Equals(IPAddress.Any))
        {
            addresses.Add(IPAddress.Loopback);
        }

        CheckPort(addresses[0], state.ApiPort, state.Server is null ? "--api-port" : "--port");
        var store = (state.Store ?? StoreChoice.Default).ToOptions(paths.Store);
        var plane = await ControlPlane.StartAsync(
            new ControlPlaneOptions
            {
                Name = "cluster",
                Store = store,
                KeyFolder = Path.GetDirectoryName(paths.Store)!,
                Listen = [.. addresses.Select(address => new IPEndPoint(address, state.ApiPort))],
                AdvertiseAddress = state.AdvertiseAddress,
                ServiceCidr = state.ServiceCidr,
                ServiceAddress = state.ApiServiceAddress,
                ClusterDomain = ClusterDomain,
                Authority = authority,
                Identity = store.IsEtcd ? ServerIdentity.Of(paths, state.Server?.Name) : null,
                AlternativeNames = state.Server?.AlternativeNames() ?? [],
            },
            clock, _random, loggers, cancellationToken);
        Own("API server", plane.DisposeAsync);
        return plane;
    }

    // The core of the instances: a second, private API server with this machine as its hidden host.
    private async Task<ControlPlane> StartCoreAsync(CancellationToken cancellationToken)
    {
        var plane = await ControlPlane.StartAsync(
            new ControlPlaneOptions
            {
                Name = "core",
                Store = StoreChoice.Default.ToOptions(paths.CoreStore),
                KeyFolder = Path.GetDirectoryName(paths.CoreStore)!,
                Listen = [new IPEndPoint(IPAddress.Loopback, state.CorePort)],
                AdvertiseAddress = state.NodeAddress, // Nobody uses it, but loopback is no address for endpoints.
                ServiceCidr = "10.255.0.0/16", // Never routed: groups have no services.
                ServiceAddress = IPAddress.Parse("10.255.0.1"),
                ClusterDomain = ClusterDomain,
                Authority = CertificateAuthority.Open(paths.CoreCertificates, "strata-instances", clock),
            },
            clock, _random, loggers, cancellationToken);
        Own("instances core", plane.DisposeAsync);
        return plane;
    }

    private async Task<string> StartNodeAsync(ControlPlane plane, CertificateAuthority authority, ContainerdProcess containerd, CancellationToken cancellationToken)
    {
        var name = Dns.GetHostName().ToLowerInvariant();
        var node = await NodePart.StartAsync(
            new NodePartOptions
            {
                NodeName = name,
                AgentId = $"{paths.Id}-node",
                DataDirectory = paths.Node,
                Address = state.NodeAddress,
                Port = state.NodePort,
                PodCidr = state.PodCidr,
                DnsAddress = state.DnsAddress.ToString(),
                CgroupRoot = $"strata-{paths.Id}",
                Cpus = settings.NodeCpus,
            },
            plane, authority, containerd.Client, clock, _random, loggers, cancellationToken);
        Own("node agent", node.DisposeAsync);
        return name;
    }

    private async Task StartInstancesAsync(CertificateAuthority authority, ControlPlane core, ContainerdProcess containerd, CancellationToken cancellationToken)
    {
        var host = await NodePart.StartAsync(
            new NodePartOptions
            {
                NodeName = "instances-host",
                AgentId = $"{paths.Id}-instances",
                DataDirectory = paths.CoreNode,
                Address = IPAddress.Loopback,
                Port = state.CoreNodePort,
                PodCidr = null,
                DnsAddress = null,
                CgroupRoot = $"strata-{paths.Id}-instances",
                Cpus = InstancesPart.HostCpus,
            },
            core, core.Authority, containerd.Client, clock, _random, loggers, cancellationToken);
        Own("instances host", host.DisposeAsync);
        CheckPort(IPAddress.Parse(settings.ListenAddress), state.ArmPort, "--arm-port");
        var token = SecureFile.ReadOrCreate(paths.ArmToken, InstancesPart.NewToken).Trim();
        var instances = await progress.StepAsync(
            "container instances",
            () => InstancesPart.StartAsync(settings, paths, state, authority, core, token, clock, _random, loggers, cancellationToken),
            part => part.Endpoint.ToString().TrimEnd('/'));
        Own("container instances", instances.DisposeAsync);
        var virtualNode = await progress.StepAsync(
            "virtual node",
            () => VirtualNodePart.StartAsync(paths, state, authority, _cluster!, clock, _random, loggers, cancellationToken),
            _ => VirtualNodePart.NodeName);
        Own("virtual node", virtualNode.DisposeAsync);
    }

    private async Task WaitForNodesAsync(CancellationToken cancellationToken)
    {
        var expected = (settings.HasNode ? 1 : 0) + (settings.HasInstances ? 1 : 0);
        if (expected == 0)
        {
            return;
        }

        await progress.StepAsync(
            "nodes ready",
            async () =>
            {
                await using var nodes = new Client.Informers.InformerSet(_cluster!.ClientOf("system:admin", "system:masters"), clock, loggers);
                var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var names = new HashSet<string>();
                nodes.For<Node>().Subscribe(change =>
                {
                    if (change.New?.Status.Condition("Ready") is { Status: "True" } && names.Add(change.Object.Metadata.Name) && names.Count >= expected)
                    {
                        ready.TrySetResult();
                    }
                });
                nodes.Start();
                await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), clock, cancellationToken);
                return names;
            },
            names => string.Join(", ", names.Order()));
    }

    private void WriteKubeconfig(CertificateAuthority authority)
    {
        var admin = authority.OpenOrIssue("admin", CertificateRequestInfo.Client("strata-admin", "system:masters"));
        var server = IPAddress.Parse(settings.ListenAddress);
        var host = server.Equals(IPAddress.Any) ? "127.0.0.1" : settings.ListenAddress;
        var config = new Client.Http.KubeConfig(
            state.Server?.ClientUrl(state.ApiPort) ?? new Uri(string.Create(CultureInfo.InvariantCulture, $"https://{host}:{state.ApiPort}")), authority.CertificatePem, admin.CertificatePem, admin.KeyPem, null);
        var text = config.ToYaml("strata");
        if (!File.Exists(paths.Kubeconfig) || File.ReadAllText(paths.Kubeconfig) != text)
        {
            SecureFile.Write(paths.Kubeconfig, text);
        }
    }

    private static void CheckPort(IPAddress address, int port, string option)
    {
        try
        {
            using var probe = new TcpListener(address, port);
            probe.Start();
        }
        catch (SocketException error)
        {
            throw new UserException($"port {port} on {address} cannot be used ({error.Message.TrimEnd('.')}); stop what uses it or choose another with {option}", error);
        }
    }

    private void Own(string name, Func<ValueTask> stop)
    {
        lock (_parts)
        {
            _parts.Add((name, stop));
        }
    }
}
