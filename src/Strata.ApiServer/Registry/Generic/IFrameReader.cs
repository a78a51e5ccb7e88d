using Strata.Client;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>A watch read without a task for each frame: take what is there, then wait for more. One reader; disposing it ends the watch.</summary>
internal interface IFrameReader : IAsyncDisposable
{
    /// <summary>Takes the next frame if there is one.</summary>
    bool TryRead(out ApiWatchFrame frame);

    /// <summary>Waits until there may be a frame; false when the watch has ended.</summary>
    /// <param name="cancellationToken">The same in every call.</param>
    ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken);
}
