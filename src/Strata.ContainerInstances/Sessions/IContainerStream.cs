using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Sessions;

/// <summary>One running exec or attach. One reader and one writer may use it at the same time; disposing it ends the process.</summary>
public interface IContainerStream : IAsyncDisposable
{
    /// <summary>Known after <see cref="ReadAsync"/> has returned 0; null when the core did not say.</summary>
    int? ExitCode { get; }

    /// <summary>Why the process could not be run, if the core said so; known when <see cref="ExitCode"/> is.</summary>
    string? Failure { get; }

    /// <summary>Fills the buffer with output. 0 bytes mean the end.</summary>
    ValueTask<(int Count, bool IsError)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken);

    ValueTask CloseInputAsync(CancellationToken cancellationToken);

    ValueTask ResizeAsync(TerminalSize size, CancellationToken cancellationToken);
}
