using System.Text;
using System.Threading.Channels;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Sessions;

namespace Strata.VirtualNode.Tests.Fakes;

/// <summary>Exec of a core in memory: says its command, then echoes its input, and exits with 3 when that ends.</summary>
internal sealed class FakeStreams : IContainerStreams
{
    public Task<IContainerStream> ExecAsync(
        string namespaceName, string pod, string container, IReadOnlyList<string> command, bool tty, TerminalSize? size, CancellationToken cancellationToken) =>
        Task.FromResult<IContainerStream>(new EchoStream(string.Join('|', command)));

    public Task<IContainerStream> AttachAsync(string namespaceName, string pod, string container, bool withInput, CancellationToken cancellationToken) =>
        Task.FromResult<IContainerStream>(new EchoStream("attached"));

    private sealed class EchoStream : IContainerStream
    {
        private readonly Channel<byte[]> _output = Channel.CreateUnbounded<byte[]>();

        public EchoStream(string greeting) => _output.Writer.TryWrite(Encoding.UTF8.GetBytes(greeting));

        public int? ExitCode => 3;

        public string? Failure => null;

        public async ValueTask<(int Count, bool IsError)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            if (!await _output.Reader.WaitToReadAsync(cancellationToken))
            {
                return (0, false);
            }

            var data = await _output.Reader.ReadAsync(cancellationToken);
            data.CopyTo(buffer);
            return (data.Length, false);
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => await _output.Writer.WriteAsync(input.ToArray(), cancellationToken);

        public ValueTask CloseInputAsync(CancellationToken cancellationToken)
        {
            _output.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask ResizeAsync(TerminalSize size, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
