using System.Text;
using System.Threading.Channels;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Tests.Fakes;

/// <summary>A command that says one thing on each output, echoes its input until that ends, and exits as told.</summary>
internal sealed class FakeSession(CommandRequest command, int? exitCode) : IProviderSession
{
    private readonly Channel<SessionOutput> _output = Channel.CreateUnbounded<SessionOutput>();

    public CommandRequest Command { get; } = command;

    public (int Columns, int Rows) Size { get; private set; }

    public bool IsDisposed { get; private set; }

    public int? ExitCode => exitCode;

    public string? Failure => null;

    public static FakeSession Start(CommandRequest command, int? exitCode)
    {
        var session = new FakeSession(command, exitCode);
        session._output.Writer.TryWrite(new SessionOutput(false, Encoding.UTF8.GetBytes(string.Join('|', command.Arguments))));
        session._output.Writer.TryWrite(new SessionOutput(true, "oops"u8.ToArray()));
        return session;
    }

    public async Task<SessionOutput?> ReadAsync(CancellationToken cancellationToken) =>
        await _output.Reader.WaitToReadAsync(cancellationToken) ? await _output.Reader.ReadAsync(cancellationToken) : null;

    public async Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        await _output.Writer.WriteAsync(new SessionOutput(false, input.ToArray()), cancellationToken);

    public Task CloseInputAsync(CancellationToken cancellationToken)
    {
        _output.Writer.TryComplete();
        return Task.CompletedTask;
    }

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
    {
        Size = (columns, rows);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
