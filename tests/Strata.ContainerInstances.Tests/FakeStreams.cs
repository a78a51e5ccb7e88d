using System.Text;
using System.Threading.Channels;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Sessions;

namespace Strata.ContainerInstances.Tests;

/// <summary>Runs "commands": says what it was asked to run, echoes its input, and ends with code 3 when told "exit".</summary>
internal sealed class FakeStreams : IContainerStreams
{
    public Task<IContainerStream> ExecAsync(
        string namespaceName, string pod, string container, IReadOnlyList<string> command, bool tty, TerminalSize? size, CancellationToken cancellationToken) =>
        Task.FromResult<IContainerStream>(new Echo($"{container}[{string.Join('|', command)}] tty={tty} {size?.Rows}x{size?.Cols}\n"));

    public Task<IContainerStream> AttachAsync(string namespaceName, string pod, string container, bool withInput, CancellationToken cancellationToken) =>
        Task.FromResult<IContainerStream>(new Echo($"attached input={withInput}\n"));

    private sealed class Echo : IContainerStream
    {
        private readonly Channel<(byte[] Data, bool IsError)> _output = Channel.CreateUnbounded<(byte[], bool)>();

        public Echo(string greeting) => _output.Writer.TryWrite((Encoding.UTF8.GetBytes(greeting), false));

        public int? ExitCode { get; private set; }

        public string? Failure => null;

        public async ValueTask<(int Count, bool IsError)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            if (!await _output.Reader.WaitToReadAsync(cancellationToken) || !_output.Reader.TryRead(out var next))
            {
                return (0, false);
            }

            next.Data.CopyTo(buffer);
            return (next.Data.Length, next.IsError);
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
        {
            var text = Encoding.UTF8.GetString(input.Span);
            if (text == "exit")
            {
                ExitCode = 3;
                _output.Writer.TryComplete();
            }
            else
            {
                _output.Writer.TryWrite((input.ToArray(), text.StartsWith('!')));
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask CloseInputAsync(CancellationToken cancellationToken) => WriteAsync("eof"u8.ToArray(), cancellationToken);

        public ValueTask ResizeAsync(TerminalSize size, CancellationToken cancellationToken) =>
            WriteAsync(Encoding.UTF8.GetBytes($"size {size.Rows}x{size.Cols}"), cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
