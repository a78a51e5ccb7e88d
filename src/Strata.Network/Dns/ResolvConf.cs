using System.Net;

namespace Strata.Network.Dns;

/// <summary>The servers named in a resolver configuration (resolv.conf(5)), read again when the file changes.</summary>
internal sealed class ResolvConf(string path, IPEndPoint[] own, TimeProvider clock)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    // systemd-resolved puts a stub into /etc/resolv.conf; the file beside it has the servers (the kubelet's --resolv-conf does this too).
    private const string SystemdPath = "/run/systemd/resolve/resolv.conf";

    private readonly Lock _lock = new();
    private DnsUpstream[] _servers = []; // This and the next two under _lock.
    private DateTime _version = DateTime.MinValue;
    private long? _checked;

    /// <summary>The servers to ask, in order. Never this server itself, or a question would go around until it times out.</summary>
    public DnsUpstream[] Servers
    {
        get
        {
            lock (_lock)
            {
                if (_checked is null || clock.GetElapsedTime(_checked.Value) > CheckInterval)
                {
                    _checked = clock.GetTimestamp();
                    Reload_NeedsLock();
                }
                return _servers;
            }
        }
    }

    /// <summary>The addresses on the file's <c>nameserver</c> lines.</summary>
    public static IEnumerable<IPAddress> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var text, ..] && IPAddress.TryParse(text, out var address))
            {
                yield return address;
            }
        }
    }

    private void Reload_NeedsLock()
    {
        try
        {
            var version = File.GetLastWriteTimeUtc(path);
            if (version != _version)
            {
                var addresses = Parse(File.ReadAllLines(path)).ToArray();
                if (addresses is [var only] && only.Equals(IPAddress.Parse("127.0.0.53")) && File.Exists(SystemdPath))
                {
                    addresses = [.. Parse(File.ReadAllLines(SystemdPath))];
                }
                _servers = [.. addresses.Select(static a => new IPEndPoint(a, 53)).Where(server => !own.Contains(server)).Select(server => new DnsUpstream(server, clock))];
                _version = version;
            }
        }
        catch (IOException)
        {
            // Being replaced at this moment: what was read before still holds until the next check.
            _version = DateTime.MinValue;
        }
    }
}
