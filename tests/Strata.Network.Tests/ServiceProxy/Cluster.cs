using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Network.Linux;
using Strata.Network.ServiceProxy;
using Strata.Network.Tests.Linux;

namespace Strata.Network.Tests.ServiceProxy;

/// <summary>A host, two pods on its bridge, a pod on a second bridge (an instance host) and a machine on the outside, each in a
/// namespace. Servers answer every connection with their name and the client's address.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Servers _servers = new();
    private readonly List<NetNamespace> _namespaces = [];
    private Task _running = Task.CompletedTask;

    private Cluster()
    {
        Host = Add("host");
        Kernel = new InNamespace(Host);
        Options = new NetworkOptions
        {
            ClusterId = "t",
            NodeName = "n1",
            PodCidr = IPNetwork.Parse("10.42.0.0/24"),
            InternalCidrs = [IPNetwork.Parse("10.43.0.0/24")],
            ServiceCidr = IPNetwork.Parse("10.96.0.0/16"),
            ClusterDnsIP = IPAddress.Parse("10.96.0.10"),
            CniConfigDirectory = "/nonexistent",
            IpamDirectory = "/nonexistent",
        };
    }

    public NetworkOptions Options { get; }

    public NetNamespace Host { get; }

    public InNamespace Kernel { get; }

    public ServiceProxyLoop Proxy { get; private set; } = null!;

    public NetNamespace PodA { get; private set; } = null!;

    public NetNamespace PodB { get; private set; } = null!;

    public NetNamespace Instance { get; private set; } = null!;

    public NetNamespace Outside { get; private set; } = null!;

    public static async Task<Cluster> StartAsync(bool filterBridge = true)
    {
        var cluster = new Cluster();
        await new HostPrerequisites(cluster.Host.Host, cluster.Kernel).EnsureAsync(CancellationToken.None);
        if (!filterBridge)
        {
            cluster.Kernel.Write("net/bridge/bridge-nf-call-iptables", "0");
        }
        cluster.Proxy = cluster.NewProxy();
        await new HostInterfaces(cluster.Host.Host, cluster.Kernel).EnsureAsync(cluster.Options, 1500, CancellationToken.None);
        cluster.Host.InNamespace("ip", "link", "add", "sb-i", "type", "bridge");
        cluster.Host.InNamespace("ip", "addr", "add", "10.43.0.1/24", "dev", "sb-i");
        cluster.Host.InNamespace("ip", "link", "set", "sb-i", "up");
        cluster.PodA = cluster.Attach("a", "10.42.0.2", "sb-t", "10.42.0.1");
        cluster.PodB = cluster.Attach("b", "10.42.0.3", "sb-t", "10.42.0.1");
        cluster.Instance = cluster.Attach("i", "10.43.0.2", "sb-i", "10.43.0.1");
        cluster.Outside = cluster.Attach("o", "198.18.0.2", null, "198.18.0.1");
        return cluster;
    }

    private ServiceProxyLoop NewProxy() => new ServiceProxyLoop(
        new ProxyOptions(
            Options.TableName, [.. Options.PodRanges], Options.ServiceCidr, Options.ClusterDnsIP,
            new HostPrerequisites(Host.Host, Kernel).BridgedPacketsAreFiltered ? null : Options.BridgeName),
        Kernel, Kernel, TimeSpan.FromMilliseconds(20), TimeProvider.System, NullLogger<ServiceProxyLoop>.Instance);

    /// <summary>Starts the proxy with these services and waits until they work.</summary>
    public async Task ServeAsync(params ServiceInfo[] services)
    {
        foreach (var service in services)
        {
            Proxy.Set(service);
        }
        _running = Proxy.RunAsync(_stop.Token);
        await Proxy.Synced.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Changes a service and waits until the kernel has it.</summary>
    public async Task ChangeAsync(ServiceInfo service)
    {
        var count = Proxy.TransactionCount;
        Proxy.Set(service);
        await Eventually.TrueAsync(() => Proxy.TransactionCount > count);
    }

    public void ServeTcp(NetNamespace ns, string name, string address, int port) => _servers.ServeTcp(ns, name, address, port);

    public void ServeUdp(NetNamespace ns, string name, string address, int port) => _servers.ServeUdp(ns, name, address, port);

    public Socket UdpSocket(NetNamespace ns, IPEndPoint local) => _servers.UdpSocket(ns, local);

    /// <summary>Connects once; returns the server's answer, or "refused" or "no answer".</summary>
    public static async Task<string> CallAsync(NetNamespace from, string address, int port, int timeoutMs = 2000)
    {
        using var socket = from.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var limit = new CancellationTokenSource(timeoutMs);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), limit.Token);
            var buffer = new byte[64];
            var total = 0;
            while (await socket.ReceiveAsync(buffer.AsMemory(total), limit.Token) is > 0 and var count)
            {
                total += count;
            }
            return Encoding.ASCII.GetString(buffer, 0, total);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return "refused";
        }
        catch (OperationCanceledException)
        {
            return "no answer";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _servers.DisposeAsync();
        _namespaces.ForEach(static n => n.Dispose());
        _stop.Dispose();
    }

    private NetNamespace Add(string role)
    {
        var ns = new NetNamespace(role);
        _namespaces.Add(ns);
        return ns;
    }

    private NetNamespace Attach(string role, string address, string? bridge, string gateway)
    {
        var ns = Add(role);
        var outside = "v-" + role;
        ns.Connect("eth0", Host, outside);
        ns.InNamespace("ip", "addr", "add", address + "/24", "dev", "eth0");
        ns.InNamespace("ip", "link", "set", "eth0", "up");
        ns.InNamespace("ip", "route", "add", "default", "via", gateway);
        if (bridge is null)
        {
            Host.InNamespace("ip", "addr", "add", gateway + "/24", "dev", outside);
        }
        else
        {
            Host.InNamespace("ip", "link", "set", outside, "master", bridge);
            Host.InNamespace("bridge", "link", "set", "dev", outside, "hairpin", "on");
        }
        Host.InNamespace("ip", "link", "set", outside, "up");
        return ns;
    }

    /// <summary>Servers in namespaces, which end with the test.</summary>
    internal sealed class Servers : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Task> _servers = [];
        private readonly List<Socket> _sockets = [];

        /// <summary>A TCP server that says "name client-address" and closes.</summary>
        public void ServeTcp(NetNamespace ns, string name, string address, int port)
        {
            var socket = ns.Run(() =>
            {
                var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
                listener.Listen(512);
                return listener;
            });
            _sockets.Add(socket);
            _servers.Add(AcceptAsync(socket, name));
        }

        /// <summary>A UDP server that answers every datagram with its name.</summary>
        public void ServeUdp(NetNamespace ns, string name, string address, int port)
        {
            var socket = UdpSocket(ns, new IPEndPoint(IPAddress.Parse(address), port));
            _servers.Add(AnswerAsync(socket, name));
        }

        public Socket UdpSocket(NetNamespace ns, IPEndPoint local)
        {
            var socket = ns.Run(() =>
            {
                var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                udp.Bind(local);
                return udp;
            });
            _sockets.Add(socket);
            return socket;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_servers).ContinueWith(static _ => { }, TaskScheduler.Default);
            _sockets.ForEach(static s => s.Dispose());
            _stop.Dispose();
        }

        private async Task AcceptAsync(Socket listener, string name)
        {
            while (true)
            {
                using var client = await listener.AcceptAsync(_stop.Token);
                await client.SendAsync(Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)client.RemoteEndPoint!).Address}"), _stop.Token);
                client.Shutdown(SocketShutdown.Both);
            }
        }

        private async Task AnswerAsync(Socket socket, string name)
        {
            var buffer = new byte[64];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                await socket.SendToAsync(Encoding.ASCII.GetBytes(name), SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
        }
    }
}
