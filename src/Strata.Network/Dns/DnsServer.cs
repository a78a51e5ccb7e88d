using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Strata.Network.Dns;

/// <summary>Serves one address by UDP and TCP: the cluster's names from memory, everything else from upstream servers.</summary>
/// <remarks>Answers from memory are sent by the loop that received the question, one for all UDP clients. What needs an upstream server goes through a
/// bounded queue to a fixed number of workers; when the queue is full the client gets SERVFAIL at once.</remarks>
internal sealed partial class DnsServer : IAsyncDisposable
{
    private const int WorkerCount = 64;
    private const int QueueLength = 512;

    private readonly DnsResponder _responder;
    private readonly DnsForwarder _forwarder;
    private readonly ILogger<DnsServer> _logger;
    private readonly Socket _udp;
    private readonly DnsTcpListener _tcp;
    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(QueueLength);

    /// <summary>Binds the address; nothing is answered before <see cref="RunAsync"/>.</summary>
    /// <exception cref="SocketException">The address is not on this host, or the port is taken.</exception>
    public DnsServer(IPEndPoint address, DnsResponder responder, DnsForwarder forwarder, TimeProvider clock, ILogger<DnsServer> logger)
    {
        _responder = responder;
        _forwarder = forwarder;
        _logger = logger;
        _tcp = new DnsTcpListener(address, AnswerTcpAsync, clock);
        try
        {
            _udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            _udp.Blocking = false;
            _udp.ReceiveBufferSize = 1 << 20; // A burst of a thousand pods must not lose questions.
            _udp.Bind(new IPEndPoint(address.Address, _tcp.LocalEndPoint.Port));
        }
        catch
        {
            _udp?.Dispose();
            _tcp.Dispose();
            throw;
        }
    }

    private readonly record struct Pending(byte[] Query, SocketAddress Client, bool IsAlias);

    /// <summary>Where it listens; the port is real even when 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)_udp.LocalEndPoint!;

    /// <summary>Answers until cancelled. An error in one of its loops ends all of them and is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = new List<Task> { _tcp.RunAsync(stop.Token), ReceiveAsync(stop.Token) };
        for (var i = 0; i < WorkerCount; i++)
        {
            tasks.Add(WorkAsync(stop.Token));
        }
        await Task.WhenAny(tasks);
        await stop.CancelAsync();
        await Task.WhenAll(tasks);
    }

    public ValueTask DisposeAsync()
    {
        _udp.Dispose();
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    // Waits by peeking, then drains with plain non-blocking calls: a burst costs one wait, and nothing is allocated. (Two loops
    // of ReceiveFromAsync into a SocketAddress were no faster, and once failed with a NullReferenceException inside the runtime.)
    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var query = new byte[DnsConstants.MaxTcpLength];
        var response = new byte[DnsConstants.SafeUdpLength];
        var client = new SocketAddress(_udp.AddressFamily);
        while (true)
        {
            try
            {
                await _udp.ReceiveAsync(query.AsMemory(0, 1), SocketFlags.Peek, cancellationToken);
                do
                {
                    AnswerNext(query, response, client);
                }
                while (_udp.Available > 0);
            }
            catch (SocketException e)
            {
                // The answer to one client could not be sent (it is gone, or a firewall refuses); the others go on.
                LogUdpFailed(e.Message);
            }
        }
    }

    private void AnswerNext(Span<byte> buffer, Span<byte> response, SocketAddress client)
    {
        client.Size = client.Buffer.Length; // The call before cut it to its client's.
        var query = buffer[.._udp.ReceiveFrom(buffer, SocketFlags.None, client)];
        var outcome = _responder.Answer(query, response, tcp: false, [], out var length);
        if (outcome is DnsOutcome.Forward or DnsOutcome.ResolveAlias && !TryEnqueue(query, client, outcome))
        {
            length = DnsResponder.Fail(query, response, DnsConstants.CodeServerFailure);
            outcome = DnsOutcome.Answered;
        }
        if (outcome is DnsOutcome.Answered)
        {
            _udp.SendTo(response[..length], SocketFlags.None, client);
        }
    }

    private bool TryEnqueue(ReadOnlySpan<byte> query, SocketAddress client, DnsOutcome outcome)
    {
        var copy = new SocketAddress(client.Family, client.Size);
        client.Buffer.Span[..client.Size].CopyTo(copy.Buffer.Span);
        return _queue.Writer.TryWrite(new Pending(query.ToArray(), copy, outcome is DnsOutcome.ResolveAlias));
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var response = new byte[DnsConstants.SafeUdpLength];
        await foreach (var pending in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                var length = pending.IsAlias
                    ? await AnswerAliasAsync(pending.Query, response, tcp: false, cancellationToken)
                    : await _forwarder.AskAsync(pending.Query, response, tcp: false, cancellationToken);
                if (length == 0)
                {
                    length = DnsResponder.Fail(pending.Query, response, DnsConstants.CodeServerFailure);
                }
                _udp.SendTo(response.AsSpan(0, length), SocketFlags.None, pending.Client);
            }
            catch (SocketException e)
            {
                LogUdpFailed(e.Message);
            }
        }
    }

    private async ValueTask<int> AnswerTcpAsync(ReadOnlyMemory<byte> query, Memory<byte> response, CancellationToken cancellationToken)
    {
        var outcome = _responder.Answer(query.Span, response.Span, tcp: true, [], out var length);
        if (outcome is DnsOutcome.Forward)
        {
            length = await _forwarder.AskAsync(query, response, tcp: true, cancellationToken);
        }
        else if (outcome is DnsOutcome.ResolveAlias)
        {
            length = await AnswerAliasAsync(query, response, tcp: true, cancellationToken);
        }
        return length == 0 && outcome is not DnsOutcome.Drop
            ? DnsResponder.Fail(query.Span, response.Span, DnsConstants.CodeServerFailure)
            : length;
    }

    /// <summary>Clients do not follow an alias themselves, so the answer must hold what it leads to.</summary>
    private async ValueTask<int> AnswerAliasAsync(ReadOnlyMemory<byte> query, Memory<byte> response, bool tcp, CancellationToken cancellationToken)
    {
        var question = new byte[DnsConstants.HeaderLength + DnsConstants.MaxNameLength + 4];
        var questionLength = _responder.AliasQuestion(query.Span, id: 0, question);
        var upstream = new byte[tcp ? DnsConstants.MaxTcpLength : DnsConstants.SafeUdpLength];
        var upstreamLength = await _forwarder.AskAsync(question.AsMemory(0, questionLength), upstream, tcp, cancellationToken);
        if (upstreamLength == 0)
        {
            upstreamLength = DnsResponder.Fail(question.AsSpan(0, questionLength), upstream, DnsConstants.CodeServerFailure);
        }
        _responder.Answer(query.Span, response.Span, tcp, upstream.AsSpan(0, upstreamLength), out var length);
        return length;
    }

    [LoggerMessage(EventIds.DnsUdpFailed, LogLevel.Debug, "A DNS client could not be answered: {Reason}")]
    private partial void LogUdpFailed(string reason);
}
