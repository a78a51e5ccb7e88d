using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Strata.Store.Tests;

/// <summary>A TCP relay on loopback that can lose what passes in either direction, break its connections, and refuse new ones.</summary>
internal sealed class FaultyLink : IAsyncDisposable
{
    private readonly IPEndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Task _accepting;

    public FaultyLink(Uri target)
    {
        _target = new IPEndPoint(IPAddress.Loopback, target.Port);
        _listener.Start();
        Endpoint = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"));
        _accepting = AcceptAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>While true, what the client sends is lost.</summary>
    public bool LosesRequests { get; set; }

    /// <summary>While true, what the server answers is lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>While true, new connections are closed at once.</summary>
    public bool Refuses { get; set; }

    /// <summary>Bytes that were lost so far.</summary>
    public long LostBytes => Interlocked.Read(ref _lostBytes);

    private long _lostBytes;

    /// <summary>Breaks every open connection; whether new ones work is up to the properties.</summary>
    public void Break()
    {
        foreach (var client in _open.Keys)
        {
            client.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Break();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                if (Refuses)
                {
                    client.Close();
                    continue;
                }
                relays.Add(RelayAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        _open[client] = _open[server] = true;
        try
        {
            await server.ConnectAsync(_target, _stopping.Token);
            await Task.WhenAny(
                CopyAsync(client.GetStream(), server.GetStream(), () => LosesRequests),
                CopyAsync(server.GetStream(), client.GetStream(), () => LosesAnswers));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is gone, which is what this class is for.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Close();
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Func<bool> isLost)
    {
        var buffer = new byte[16384];
        while (await from.ReadAsync(buffer, _stopping.Token) is > 0 and var count)
        {
            if (isLost())
            {
                Interlocked.Add(ref _lostBytes, count);
                continue;
            }
            await to.WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
        }
    }
}
