using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using IPAddress = System.Net.IPAddress;

namespace Strata.Host.Clusters;

/// <summary>How a <c>strata server</c> runs, as <c>cluster.json</c> remembers it.</summary>
/// <param name="ServiceCidr">Cluster addresses of services; the same on all servers of a cluster.</param>
/// <param name="ControlPlaneEndpoint"><c>host</c> or <c>host:port</c> of what stands in front of the servers; null for nothing.</param>
/// <param name="TlsNames">Further names and addresses for the certificate, separated by commas; null for none.</param>
internal sealed record ServerChoice(string Name, string ListenAddress, string AdvertiseAddress, string ServiceCidr, string? ControlPlaneEndpoint, string? TlsNames)
{
    private const string DefaultServiceCidr = "10.96.0.0/16";

    /// <summary>Every name and address that clients may call this server by, besides those that it knows of.</summary>
    public IReadOnlyList<string> AlternativeNames() =>
        [.. (TlsNames ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), .. ControlPlaneEndpoint is null ? Array.Empty<string>() : [HostOf(ControlPlaneEndpoint)]];

    /// <summary>Where this server answers on its own machine.</summary>
    public Uri LocalUrl(int port) => UrlOf(IPAddress.Parse(ListenAddress).Equals(IPAddress.Any) ? "127.0.0.1" : ListenAddress, port);

    /// <summary>The URL that a kubeconfig of this server names.</summary>
    public Uri ClientUrl(int port) => ControlPlaneEndpoint is null ? LocalUrl(port) : UrlOf(ControlPlaneEndpoint, port);

    /// <exception cref="UserException">Something that was asked for is no address, no range, or not what the other servers have.</exception>
    public static ServerChoice Choose(ServerSettings asked, ServerChoice? known)
    {
        var listen = asked.ListenAddress ?? known?.ListenAddress ?? "0.0.0.0";
        var serviceCidr = asked.ServiceCidr ?? known?.ServiceCidr ?? asked.Keys?.ServiceCidr ?? DefaultServiceCidr;
        if ((known?.ServiceCidr ?? asked.Keys?.ServiceCidr) is { } settled && settled != serviceCidr)
        {
            throw new UserException($"the cluster's services have their addresses from {settled}; another --service-cidr is for a new cluster");
        }

        var choice = new ServerChoice(
            asked.Name ?? known?.Name ?? Dns.GetHostName().ToLowerInvariant(),
            CheckAddress(listen, "--listen"),
            CheckAddress(asked.AdvertiseAddress ?? known?.AdvertiseAddress ?? AddressOfMachine(listen), "--advertise-address"),
            serviceCidr,
            asked.ControlPlaneEndpoint ?? known?.ControlPlaneEndpoint ?? asked.Keys?.ControlPlaneEndpoint,
            asked.TlsNames ?? known?.TlsNames);
        if (!System.Net.IPNetwork.TryParse(serviceCidr, out var network) || network.PrefixLength is < 12 or > 24)
        {
            throw new UserException($"--service-cidr is a range such as {DefaultServiceCidr}, of /12 to /24; \"{serviceCidr}\" is not");
        }

        if (!Uri.TryCreate($"https://{choice.ControlPlaneEndpoint ?? "localhost"}", UriKind.Absolute, out var url) || url.AbsolutePath != "/")
        {
            throw new UserException($"--control-plane-endpoint is a host, or a host and a port such as api.example.org:6443; \"{choice.ControlPlaneEndpoint}\" is not");
        }

        return choice;
    }

    private static Uri UrlOf(string host, int port)
    {
        var url = new UriBuilder($"https://{host}");
        return host.Contains(':', StringComparison.Ordinal) ? url.Uri : new UriBuilder(url.Uri) { Port = port }.Uri;
    }

    private static string HostOf(string endpoint) => new Uri($"https://{endpoint}").Host;

    private static string CheckAddress(string text, string option) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString()
            : throw new UserException($"{option} is an IPv4 address; \"{text}\" is not");

    // The one that others most likely reach: of an interface with a way out.
    private static string AddressOfMachine(string listen)
    {
        if (IPAddress.TryParse(listen, out var own) && !own.Equals(IPAddress.Any))
        {
            return listen;
        }

        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(link => link.OperationalStatus == OperationalStatus.Up && link.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .Select(link => link.GetIPProperties())
            .Where(properties => properties.GatewayAddresses.Count > 0)
            .SelectMany(properties => properties.UnicastAddresses)
            .FirstOrDefault(address => address.Address.AddressFamily == AddressFamily.InterNetwork)?.Address.ToString()
            ?? throw new UserException("this machine has no address with a way out; say with --advertise-address where others reach this server");
    }
}
