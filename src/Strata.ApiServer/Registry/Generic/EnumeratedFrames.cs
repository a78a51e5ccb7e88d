using Strata.Client;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Frames that come one by one, for a reader that takes what is there.</summary>
internal sealed class EnumeratedFrames(IAsyncEnumerable<ApiWatchFrame> frames, CancellationToken cancellationToken) : IFrameReader
{
    private readonly IAsyncEnumerator<ApiWatchFrame> _frames = frames.GetAsyncEnumerator(cancellationToken);
    private Task<bool>? _next; // Whether there is a frame, once it is known.

    public bool TryRead(out ApiWatchFrame frame)
    {
        var next = _next ??= _frames.MoveNextAsync().AsTask();
        var isThere = false;
        if (next.IsCompletedSuccessfully)
        {
            isThere = next.Result;
        }

        frame = isThere ? _frames.Current : default;
        _next = isThere ? null : next;
        return isThere;
    }

    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => await (_next ??= _frames.MoveNextAsync().AsTask());

    public ValueTask DisposeAsync() => _frames.DisposeAsync();
}
