using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Sessions;

/// <summary>A Kubernetes exec or attach socket as a stream.</summary>
internal sealed class KubeContainerStream(ContainerSession session) : IContainerStream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _restIsError;

    public int? ExitCode => session.ExitCode;

    public string? Failure => session.Failure;

    public async ValueTask<(int Count, bool IsError)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_rest.IsEmpty)
        {
            if (await session.ReadAsync(cancellationToken) is not { } output)
            {
                return (0, false);
            }

            (_rest, _restIsError) = (output.Data, output.IsError);
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return (count, _restIsError);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => new(session.WriteAsync(input, cancellationToken));

    public ValueTask CloseInputAsync(CancellationToken cancellationToken) => new(session.CloseInputAsync(cancellationToken));

    public ValueTask ResizeAsync(TerminalSize size, CancellationToken cancellationToken) => new(session.ResizeAsync(size, cancellationToken));

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
