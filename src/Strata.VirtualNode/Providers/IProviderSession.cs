namespace Strata.VirtualNode.Providers;

/// <summary>An open exec or attach. One reader and one writer may use it at the same time; disposing it ends it.</summary>
public interface IProviderSession : IAsyncDisposable
{
    /// <summary>Known once <see cref="ReadAsync"/> has returned null; null when the provider cannot tell.</summary>
    int? ExitCode { get; }

    /// <summary>Why the command could not be run, if the provider said so.</summary>
    string? Failure { get; }

    /// <summary>The next piece of output, valid until the next call; null at the end.</summary>
    Task<SessionOutput?> ReadAsync(CancellationToken cancellationToken);

    Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken);

    Task CloseInputAsync(CancellationToken cancellationToken);

    Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken);
}
