using System.Threading.Channels;

namespace Strata.Store.Watching;

/// <summary>An auto-reset event for one asynchronous waiter: any number of sets wake it once.</summary>
internal sealed class AsyncSignal
{
    private readonly Channel<bool> _token = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _token.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _token.Reader.ReadAsync(cancellationToken);
}
