using System.Net.WebSockets;
using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>An exec or attach over ARM's web socket.</summary>
internal sealed class ArmSession(ContainerSession session) : IProviderSession
{
    public int? ExitCode => session.ExitCode;

    public string? Failure => session.Failure;

    public async Task<SessionOutput?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await session.ReadAsync(cancellationToken) is { } output ? new SessionOutput(output.IsError, output.Data) : null;
        }
        catch (WebSocketException) when (session.ExitCode is not null || session.Failure is not null)
        {
            return null; // The end was reported; how the connection went after that does not matter.
        }
    }

    public Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => session.WriteAsync(input, cancellationToken);

    public Task CloseInputAsync(CancellationToken cancellationToken) => session.CloseInputAsync(cancellationToken);

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken) =>
        session.ResizeAsync(new TerminalSize { Cols = columns, Rows = rows }, cancellationToken);

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
